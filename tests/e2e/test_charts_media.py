"""What scripts log step by step, on the wall of charts: images with one slider, tables and figures."""

import json

import httpx
import numpy as np
import pytest
from atelier import _media, _media_figures, _png

from tests.real_studio import RealStudio

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def figure(kind: str, content: dict) -> bytes:
    return json.dumps({"atelier": f"{kind}/1", **content}).encode()


@pytest.fixture(scope="module")
def ids(studio: RealStudio) -> list[str]:
    """Two runs with every kind of media, and no metric."""
    headers = {"Authorization": f"Bearer {studio.token}"}
    found = []
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        for number in range(2):
            body = {"experiment": "vision/media", "name": f"trial {number}"}
            run_id = client.post("runs/start", json=body).raise_for_status().json()["id"]
            files = {
                "media/tables/worst/0.json": figure(
                    "table", _media.table_of({"name": ["b", "a"], "loss": [number, 7]})
                ),
                "media/confusion/digits/0.json": figure("confusion", _media_figures.confusion([[5, 1], [0, 4]], "ab")),
                "media/curves/test/0.json": figure("curve", _media_figures.curve("roc", [0, 1], [0, 1], None, None)),
                "media/curves/broken/0.json": b"{",
            }
            for step in (0, 10):
                pixels = np.full((8, 8, 3), (step + 1) / 20)
                files[f"media/images/val/samples/{step}.png"] = _png.of_array(pixels)
                values = np.random.default_rng(step).normal(step / 10, 1, 500)
                files[f"media/histograms/weights/{step}.json"] = figure(
                    "histogram", _media_figures.histogram(values, 32)
                )
            for path, data in files.items():
                client.put(f"runs/{run_id}/artifacts/{path}", content=data).raise_for_status()
            found.append(run_id)
    return found


def test_media_of_two_runs_are_shown_by_step(page, ids):
    refused = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"/w/main/charts/?ids={','.join(ids)}")
    expect(page.get_by_role("img", name="val/samples of trial 0 at step 10")).to_be_visible()
    slider = page.get_by_label("Step of Images")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("img", name="val/samples of trial 1 at step 0")).to_be_visible()
    for name in ("weights, 2 steps", "digits, 2 classes, 9 of 10 right", "test, 2 runs, best area 0.5"):
        page.locator("media-card", has_text=name.split(",")[0]).first.scroll_into_view_if_needed()
        expect(page.get_by_role("img", name=name)).to_be_visible()
    expect(page.locator("media-card", has_text="broken")).to_contain_text("not JSON")
    assert refused == []


def test_a_table_is_sorted_and_compared(page, ids):
    page.goto(f"/w/main/charts/?ids={','.join(ids)}")
    card = page.locator("media-card", has_text="worst")
    card.scroll_into_view_if_needed()
    card.get_by_role("button", name="name").click()
    expect(card.locator("tbody tr").first).to_contain_text("a")
    card.get_by_label("Differences from").select_option(label="trial 1")
    expect(card.locator("td.is-different")).to_have_count(1)


def test_a_figure_has_a_table(page, ids):
    page.goto(f"/w/main/charts/?ids={','.join(ids)}")
    card = page.locator("media-card", has_text="digits")
    card.scroll_into_view_if_needed()
    card.hover()
    card.get_by_role("button", name="View as table").click()
    expect(card.locator("tbody tr")).to_have_count(2)


def test_steps_choices_and_folded_sections_are_in_the_address(page, new_page, signed_in, ids):
    page.goto(f"/w/main/charts/?ids={','.join(ids)}")
    slider = page.get_by_label("Step of Images")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    table = page.locator("media-card", has_text="worst")
    table.scroll_into_view_if_needed()
    table.get_by_label("Differences from").select_option(label="trial 1")
    page.locator("media-wall summary", has_text="Histograms").click()
    page.wait_for_url("**closed=media**")
    other = new_page(storage_state=signed_in)
    other.goto(page.url)
    expect(other.get_by_role("img", name="val/samples of trial 1 at step 0")).to_be_visible()
    other.locator("media-card", has_text="worst").scroll_into_view_if_needed()
    expect(other.locator("td.is-different")).to_have_count(1)
    expect(other.locator("media-wall details:not([open]) summary")).to_contain_text("Histograms")


def test_a_figure_is_saved_as_its_numbers(page, ids):
    page.goto(f"/w/main/charts/?ids={','.join(ids)}")
    card = page.locator("media-card", has_text="digits")
    card.scroll_into_view_if_needed()
    card.hover()
    card.get_by_role("button", name="Options").click()
    with page.expect_download() as found:
        page.get_by_role("menuitem", name="CSV").click()
    assert found.value.path().read_text().splitlines()[:2] == ["run,step,true,found,count", "trial 0,0,a,a,5"]


def test_an_image_that_comes_later_is_shown_without_a_reload(page, studio, ids):
    page.goto(f"/w/main/charts/?ids={','.join(ids)}")
    expect(page.get_by_role("img", name="val/samples of trial 0 at step 10")).to_be_visible()
    address = f"{studio.url}/api/v1/workspaces/main/runs/{ids[0]}/artifacts/media/images/val/samples/20.png"
    picture = _png.of_array(np.full((8, 8, 3), 0.9))
    httpx.put(address, content=picture, headers={"Authorization": f"Bearer {studio.token}"}).raise_for_status()
    expect(page.get_by_role("img", name="val/samples of trial 0 at step 20")).to_be_visible(timeout=15_000)

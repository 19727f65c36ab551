"""The run page and the comparison as people use them: live, zoomed, searched, by keyboard, in both themes."""

import itertools
import math
import re

import httpx
import pytest

from tests import axe
from tests.real_studio import RealStudio

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
LONG = 60_000  # ms: a job may take its time on a busy machine
PRINTS = """
experiment_name: vision/prints
command: python -c "[print('line', i, 'needle' if i % 1000 == 500 else '') for i in range(10000)]"
"""
ZOOM = "document.querySelector('metric-chart').zoom"
SHOWN = "document.querySelector('metric-chart')?.shownRange"


@pytest.fixture
def rest(studio: RealStudio):
    headers = {"Authorization": f"Bearer {studio.token}"}
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        yield client


@pytest.fixture
def start(rest: httpx.Client):
    """`start("name", lr=0.1)`: the id of a new running run."""

    def begin(name: str, **params: float) -> str:
        body = {"experiment": "vision/pages", "name": name, "params": params, "tags": {"team": "vision"}}
        return rest.post("runs/start", json=body).raise_for_status().json()["id"]

    return begin


@pytest.fixture
def log(rest: httpx.Client):
    """`log(run_id, "loss", [(1, 0.5)])`."""
    numbers = itertools.count()

    def send(run_id: str, key: str, points, goals=None) -> None:
        metrics = [
            {"key": key, "step": step, "value": value, "time_ms": 1_800_000_000_000 + step} for step, value in points
        ]
        body = {"writer": "test", "seq": next(numbers), "metrics": metrics, "goals": goals or {}}
        rest.post(f"runs/{run_id}/ingest", json=body).raise_for_status()

    return send


@pytest.fixture(scope="module")
def printed(studio: RealStudio) -> str:
    """The id of a finished run that printed ten thousand lines."""
    headers = {"Authorization": f"Bearer {studio.token}"}
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        return client.post("runs", json={"file_name": "job.yml", "text": PRINTS}).raise_for_status().json()["id"]


def drawn(page, expression: str, wanted) -> None:
    """Wait until an expression of the page has this value. The page's policy forbids evaluating text inside it."""
    for _ in range(150):
        found = page.evaluate(expression)
        if wanted(found):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{expression} is {found}")


def test_zoom_survives_new_points_and_a_reload(page, start, log):
    run_id = start("zoomed")
    log(run_id, "train/loss", [(step, math.exp(-step / 20)) for step in range(100)])
    page.goto(f"/w/main/runs/{run_id}/charts/")
    drawn(page, SHOWN, lambda found: found == [0, 99])
    box = page.locator(".chart-plot").bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 90, steps=5)
    page.mouse.up()
    drawn(page, ZOOM, lambda found: found is not None)
    zoom = page.evaluate(ZOOM)
    log(run_id, "train/loss", [(100, 0.001)])
    page.wait_for_timeout(800)
    assert page.evaluate(SHOWN) == zoom
    page.reload()
    drawn(page, SHOWN, lambda found: found == zoom)
    page.locator("metric-chart").hover()
    page.get_by_role("button", name="Reset zoom").click()
    drawn(page, SHOWN, lambda found: found == [0, 100])
    assert "zoom" not in page.url


def test_a_chart_is_read_by_keyboard_and_as_a_table(page, start, log):
    run_id = start("spoken")
    log(run_id, "loss", [(1, 0.5), (2, 0.25), (3, 0.125)], goals={"loss": "min"})
    page.goto(f"/w/main/runs/{run_id}/charts/")
    plot = page.get_by_role("img", name=re.compile("loss, spoken, best 0.125"))
    expect(plot).to_be_visible(timeout=LONG)
    drawn(page, SHOWN, lambda found: found == [1, 3])
    plot.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("metric-chart [aria-live]")).to_have_text("step 2: spoken 0.25")
    page.locator("metric-chart").hover()
    page.get_by_role("button", name="View as table").click()
    expect(page.get_by_role("region", name="loss as a table").locator("tbody tr")).to_have_count(3)


def test_what_is_set_over_the_charts_is_in_the_address(page, start, log):
    run_id = start("shared view")
    log(run_id, "train/loss", [(step, 1 / (step + 1)) for step in range(50)])
    log(run_id, "val/loss", [(step, 2 / (step + 1)) for step in range(50)])
    page.goto(f"/w/main/runs/{run_id}/charts/")
    page.get_by_label("Smoothing as a number").fill("0.6")
    page.get_by_label("Find metrics").fill("^val/")
    page.get_by_role("button", name="Look").click()
    page.get_by_label("Y axis").select_option("log")
    page.keyboard.press("Escape")
    expect(page.locator("metric-chart:visible")).to_have_count(1)
    page.reload()
    expect(page.locator("metric-chart:visible")).to_have_count(1)
    expect(page.get_by_label("Smoothing as a number")).to_have_value("0.6")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_label("Y axis")).to_have_value("log")


def test_the_head_follows_the_run_without_a_reload(page, start, rest):
    run_id = start("followed")
    page.goto(f"/w/main/runs/{run_id}/charts/")
    expect(page.locator("#run-state")).to_contain_text("Running")
    expect(page.locator("live-chip button")).to_have_attribute("data-state", "live", timeout=LONG)
    rest.post(f"runs/{run_id}/finish", json={"state": "failed", "exit_code": 1}).raise_for_status()
    expect(page.locator("#run-state")).to_contain_text("Failed")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_a_name_is_changed_in_its_place(page, start):
    run_id = start("first name")
    page.goto(f"/w/main/runs/{run_id}/overview/")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("second name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("second name")
    page.get_by_role("button", name="Rename").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_long_log_is_searched_and_its_lines_are_linked(page, printed):
    page.goto(f"/w/main/runs/{printed}/logs/")
    viewer = page.locator("log-viewer")
    expect(page.locator("#run-state")).to_contain_text("Completed", timeout=LONG)
    expect(viewer).to_contain_text("line 9999", timeout=LONG)
    assert page.locator(".log-pane .code-line").count() < 100, "only the lines in view are in the page"
    page.get_by_label("Search the log").fill("needle")
    page.keyboard.press("Enter")
    expect(viewer).to_contain_text("1 of 10")
    page.get_by_role("button", name="Next match").click()
    expect(page.locator(".is-hit")).to_contain_text("line 1500 needle")
    page.get_by_label("Line", exact=True).fill("120-122")
    page.keyboard.press("Enter")
    expect(page.locator(".is-marked")).to_have_count(3)
    assert page.url.endswith("#L120-L122")
    page.reload()
    expect(page.locator(".is-marked")).to_have_count(3)


def test_compared_runs_show_what_differs_and_their_curves_together(page, start, log):
    first, second = start("one", lr=0.1, same=1), start("two", lr=0.2, same=1)
    for run_id, factor in ((first, 1), (second, 2)):
        log(run_id, "loss", [(step, factor / (step + 1)) for step in range(20)], goals={"loss": "min"})
    page.goto(f"/w/main/compare/?ids={first},{second}")
    table = page.get_by_role("region", name="Comparison")
    expect(table).to_contain_text("lr")
    expect(table.get_by_role("row", name=re.compile("^same"))).to_have_count(0)
    page.get_by_role("link", name="All rows").click()
    expect(table.get_by_role("row", name=re.compile("^same"))).to_have_count(1)
    page.get_by_role("link", name="Charts").click()
    drawn(page, "document.querySelector('metric-chart')?.lines.length", lambda found: found == 2)
    page.get_by_role("button", name="one", exact=True).click()
    drawn(page, "document.querySelector('metric-chart')?.lines.length", lambda found: found == 1)


def test_nobody_is_shut_out_of_any_tab(new_page, signed_in, start, log, printed):
    run_id, other = start("checked"), start("beside it")
    log(run_id, "loss", [(step, 1 / (step + 1)) for step in range(50)])
    log(run_id, "system/cpu_percent", [(step, 50.0) for step in range(5)])
    page = new_page(storage_state=signed_in, color_scheme="light", reduced_motion="reduce")
    tabs = [f"runs/{run_id}/{tab}/" for tab in ("overview", "charts", "logs", "artifacts", "code", "system")]
    ids = f"compare/?ids={run_id},{other}"
    for address in [*tabs, f"runs/{printed}/logs/", ids, f"{ids}&view=charts", "compare/"]:
        page.emulate_media(color_scheme="light")
        page.goto(f"/w/main/{address}")
        page.wait_for_timeout(600)
        found = axe.violations_in_both_themes(page)
        assert not found, f"{address}: " + "; ".join(found)

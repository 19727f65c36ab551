"""The wall of charts of many runs, as people use it: bands, expressions, added charts, hover and hide, appended points."""

import itertools
import json
import math
import zipfile
from urllib.parse import quote

import httpx
import pytest

from tests.real_studio import RealStudio

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
PAGE = "/w/main/charts/?experiment=vision/wall"


@pytest.fixture(scope="module")
def rest(studio: RealStudio):
    headers = {"Authorization": f"Bearer {studio.token}"}
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        yield client


@pytest.fixture(scope="module")
def log(rest):
    numbers = itertools.count()

    def send(run_id: str, key: str, points) -> None:
        metrics = [
            {"key": key, "step": step, "value": value, "time_ms": 1_800_000_000_000 + step} for step, value in points
        ]
        body = {"writer": "test", "seq": next(numbers), "metrics": metrics}
        rest.post(f"runs/{run_id}/ingest", json=body).raise_for_status()

    return send


@pytest.fixture(scope="module")
def ids(rest, log) -> list[str]:
    """Six open runs of three learning rates."""
    found = []
    for number in range(6):
        body = {"experiment": "vision/wall", "name": f"trial {number}", "params": {"lr": 10 ** -(1 + number % 3)}}
        run_id = rest.post("runs/start", json=body).raise_for_status().json()["id"]
        for key in ("train/loss", "val/loss"):
            log(run_id, key, [(step, math.exp(-step / 20) + number / 10) for step in range(60)])
        found.append(run_id)
    return found


def drawn(page, expression: str, wanted) -> None:
    for _ in range(150):
        found = page.evaluate(expression)
        if wanted(found):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{expression} is {found}")


def lines(page, wanted: int) -> None:
    drawn(page, "document.querySelector('metric-chart')?.lines.length", lambda found: found == wanted)


def test_an_experiment_has_its_runs_in_every_chart_and_groups_as_bands(page, ids):
    page.goto(PAGE)
    lines(page, 6)
    page.locator("select[name=group]").select_option("params.lr")
    lines(page, 3)
    expect(page.locator("metric-chart").first).to_contain_text("standard deviation")
    page.reload()
    lines(page, 3)
    expect(page.locator("select[name=group]")).to_have_value("params.lr")


def test_a_filter_of_the_address_finds_fewer_runs(page, ids):
    page.goto(f"{PAGE}&filter=params.lr+%3D+0.1")
    lines(page, 2)


def test_the_top_bar_stays_while_the_page_scrolls(page, ids):
    page.set_viewport_size({"width": 1280, "height": 260})
    page.goto(PAGE)
    lines(page, 6)
    page.evaluate("window.scrollTo(0, 600)")
    drawn(page, "window.scrollY", lambda found: found > 260)
    assert page.evaluate("document.querySelector('.topbar').getBoundingClientRect().top") == 0


def test_an_expression_and_a_picture_of_values_are_added_and_removed(page, ids):
    page.goto(PAGE)
    lines(page, 6)
    page.get_by_role("button", name="Add chart").click()
    page.get_by_label("Expression", exact=True).fill("val/loss - train/loss")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("img", name="=val/loss - train/loss, 6 runs")).to_be_visible()
    page.get_by_role("button", name="Add chart").click()
    page.get_by_label("Kind").select_option("scatter")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("chart-card svg.main-svg").first).to_be_visible(timeout=15_000)
    page.locator("chart-card").hover()
    page.locator("chart-card").get_by_role("button", name="View as table").click()
    expect(page.locator("chart-card tbody tr")).to_have_count(6)
    page.locator("chart-card").get_by_role("button", name="Options").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(page.locator("chart-card")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("img", name="=val/loss - train/loss, 6 runs")).to_be_visible()


def test_an_expression_that_makes_no_sense_says_where(page, ids):
    page.goto(f"{PAGE}&card=%7B%22kind%22%3A%22expression%22%2C%22text%22%3A%22val%2Floss+%2B%22%7D")
    expect(page.get_by_role("alert")).to_contain_text("makes no sense at character")


def test_hiding_and_pointing_at_a_run_act_on_all_charts(page, ids):
    page.goto(PAGE)
    lines(page, 6)
    page.get_by_role("button", name="trial 3", exact=True).hover()
    drawn(page, "document.querySelectorAll('canvas.is-dimmed').length", lambda found: found == 2)
    page.get_by_role("button", name="trial 3", exact=True).click()
    drawn(page, "[...document.querySelectorAll('metric-chart')].map((one) => one.lines.length)", lambda f: f == [5, 5])
    page.get_by_role("button", name="trial 3", exact=True).dblclick()


def test_new_points_are_added_to_the_lines_that_are_there(page, ids, log):
    page.goto(PAGE)
    lines(page, 6)
    page.evaluate("void (document.querySelector('metric-chart').frame.plot.root.dataset.old = 'yes')")
    log(ids[0], "train/loss", [(step, 0.5) for step in range(60, 70)])
    last = "Math.max(...document.querySelector('metric-chart').series.map((one) => one.steps.at(-1)))"
    drawn(page, last, lambda found: found == 69)
    assert page.evaluate("document.querySelector('metric-chart').frame.plot.root.dataset.old") == "yes"


def test_sections_are_moved_by_keyboard_and_metrics_pinned(page, ids):
    page.goto(PAGE)
    lines(page, 6)
    page.get_by_role("button", name="Move val").focus()
    page.keyboard.press("ArrowUp")
    names = "[...document.querySelectorAll('.chart-section-head h3')].map((one) => one.textContent)"
    drawn(page, names, lambda found: found == ["val", "train"])
    page.locator("metric-chart").first.hover()
    page.locator("metric-chart").first.get_by_role("button", name="Options").click()
    page.get_by_role("menuitem", name="Pin on top").click()
    drawn(page, names, lambda found: found[0] == "Pinned")


def test_a_chart_is_saved_as_svg_and_csv(page, ids):
    page.goto(PAGE)
    lines(page, 6)
    page.locator("metric-chart").first.hover()
    page.locator("metric-chart").first.get_by_role("button", name="Options").click()
    with page.expect_download() as found:
        page.get_by_role("menuitem", name="SVG").click()
    text = found.value.path().read_text()
    assert text.startswith("<svg")
    assert text.count("<path") == 6
    page.locator("metric-chart").first.get_by_role("button", name="Options").click()
    with page.expect_download() as found:
        page.get_by_role("menuitem", name="CSV, as drawn").click()
    assert found.value.path().read_text().splitlines()[0] == "metric,run_id,run,x,step,value"


def added(*cards) -> str:
    return PAGE + "".join("&card=" + quote(json.dumps(card)) for card in cards)


SCATTER = {"kind": "scatter", "x": "params.lr", "y": "metrics.val/loss:best"}
PARALLEL = {"kind": "parallel", "fields": ["params.lr", "metrics.val/loss:best"]}


@pytest.mark.parametrize("card", [SCATTER, PARALLEL], ids=["plotly", "parallel"])
def test_an_added_chart_is_saved_as_png_svg_and_csv(page, ids, card):
    page.goto(added(card))
    chart = page.locator("chart-card")
    expect(chart.locator("svg").first).to_be_visible()
    saved = {}
    for kind in ("PNG", "SVG", "CSV"):
        chart.hover()
        chart.get_by_role("button", name="Options").click()
        with page.expect_download() as found:
            page.get_by_role("menuitem", name=kind, exact=True).click()
        saved[kind] = found.value.path().read_bytes()
    assert saved["PNG"].startswith(b"\x89PNG")
    assert saved["SVG"].startswith(b"<svg")
    assert len(saved["CSV"].splitlines()) == 7
    assert saved["CSV"].startswith(b"run_id,run,params.lr,metrics.val/loss:best")


def test_all_charts_are_saved_in_one_file(page, ids):
    page.goto(added(SCATTER))
    lines(page, 6)
    saved = {}
    for kind in ("PNG", "SVG", "CSV"):
        page.get_by_role("button", name="Look").click()
        with page.expect_download() as found:
            page.get_by_role("button", name=f"All as {kind}").click()
        saved[kind] = found.value.path()
        page.keyboard.press("Escape")
    assert saved["PNG"].read_bytes().startswith(b"\x89PNG")
    for title in (">train/loss<", ">val/loss<", ">val/loss (best) over lr<"):
        assert title in saved["SVG"].read_text()
    with zipfile.ZipFile(saved["CSV"]) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["val-loss-best-over-lr.csv", "lines.csv"]


def test_a_hidden_group_leaves_its_runs_out_of_everything(page, ids):
    page.goto(f"{PAGE}&group=params.lr")
    lines(page, 3)
    page.get_by_role("button", name="0.1 (2)").click()
    lines(page, 2)
    page.locator("select[name=group]").select_option("")
    lines(page, 4)


def test_a_split_chart_makes_bands_of_its_own_runs(page, ids):
    page.goto(f"{PAGE}&group=attributes.state&facet=params.lr")
    counts = "[...document.querySelectorAll('metric-chart')].map((one) => Math.max(0, ...(one.lines[0]?.counts ?? [])))"
    drawn(page, counts, lambda found: found == [2] * 6)


def test_parallel_coordinates_are_brushed_by_keyboard_and_the_brush_is_in_the_address(page, ids):
    page.goto(added(PARALLEL))
    page.locator("chart-card summary").click()
    field = page.get_by_label("params.lr from")
    field.fill("0.05")
    field.press("Enter")
    lines(page, 2)
    page.reload()
    lines(page, 2)
    drawn(
        page, "Number(document.querySelector('.parallel rect[fill-opacity]').getAttribute('height'))", lambda f: f > 0
    )


def test_pointing_at_a_run_marks_it_in_pictures_of_values(page, ids):
    page.goto(added(SCATTER))
    expect(page.locator("chart-card .point")).to_have_count(6)
    page.get_by_role("button", name="trial 3", exact=True).hover()
    expect(page.locator("chart-card .is-faded")).to_have_count(5)


def test_marks_of_missing_values_leave_the_grid_its_colour(page, ids, log):
    log(ids[0], "train/loss", [(5, "NaN")])
    page.goto(PAGE)
    lines(page, 6)
    painted = """() => { const { frame } = document.querySelector("metric-chart"), { ctx } = frame.plot;
        ctx.strokeStyle = "#123456"; frame.paint(); return ctx.strokeStyle; }"""
    drawn(page, "document.querySelector('metric-chart').lines.some((line) => line.odd)", bool)
    assert page.evaluate(painted) == "#123456"


def test_the_copied_link_is_that_of_the_page_as_it_is(page, ids):
    page.goto(PAGE)
    lines(page, 6)
    page.locator("select[name=group]").select_option("params.lr")
    lines(page, 3)
    assert "group=params.lr" in page.evaluate("document.querySelector('copy-button').text()")

"""What the canvas looks like: wires beside nodes, everything in view, nothing that slides away under the hand."""

import re

import httpx
import pytest

from tests.e2e.drawing import draft_of, drag_in, drawn, node, open_canvas, port, rest, saved
from tests.real_studio import RealStudio, wait_for

expect = pytest.importorskip("playwright.sync_api").expect
# Every wire, followed in small steps: the nodes that it goes behind and that it doesn't connect.
BEHIND = """() => {
  const found = [];
  const { designer } = document.querySelector("pipeline-designer");
  for (const edge of document.querySelectorAll(".react-flow__edge")) {
    const path = edge.querySelector(".react-flow__edge-path");
    const [from, to] = edge.dataset.id.split(">").map((end) => end.split(".").slice(0, -1).join("."));
    const screen = path.getScreenCTM();
    for (let at = 0; at <= path.getTotalLength(); at += 3) {
      const point = path.getPointAtLength(at).matrixTransform(screen);
      for (const node of document.querySelectorAll(".react-flow__node")) {
        const box = node.getBoundingClientRect();
        const isOver = point.x > box.left && point.x < box.right && point.y > box.top && point.y < box.bottom;
        const isEnd = node.dataset.id === from || node.dataset.id === to;
        if (isOver && !isEnd) found.push(`${edge.dataset.id} behind ${node.dataset.id}`);
      }
    }
  }
  return [...new Set(found)];
}"""
UNDER_THE_MAP = """() => {
  const map = document.querySelector(".react-flow__minimap").getBoundingClientRect();
  const canvas = document.querySelector(".react-flow").getBoundingClientRect();
  const isHidden = (box) => (box.right > map.left && box.bottom > map.top)
    || box.left < canvas.left || box.top < canvas.top || box.right > canvas.right || box.bottom > canvas.bottom;
  const nodes = [...document.querySelectorAll(".react-flow__node")];
  return nodes.filter((node) => isHidden(node.getBoundingClientRect())).map((node) => node.dataset.id);
}"""
FRAMES = "() => new Promise((done) => { let left = 20; const step = () => (left-- ? requestAnimationFrame(step) : done()); step(); })"
PLACE = "() => document.querySelector('.react-flow__viewport').style.transform"


@pytest.fixture
def client(studio: RealStudio):
    with rest(studio) as client:
        yield client


@pytest.mark.parametrize("sample", ["flight_delay", "movie_recommendation", "customer_churn", "many_models"])
def test_wires_pass_beside_nodes_and_the_map_covers_none(page, client: httpx.Client, sample: str) -> None:
    made = client.post("pipelines", json={"name": f"seen {sample}", "sample": sample}).raise_for_status().json()
    for size in [(1280, 800), (1440, 900)]:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        open_canvas(page, made["url"])
        page.locator(".react-flow__edge").first.wait_for(state="attached")
        page.get_by_role("button", name="Fit everything").click()
        assert page.evaluate(UNDER_THE_MAP) == []
        assert page.evaluate(BEHIND) == []
    page.evaluate("document.querySelector('pipeline-designer').designer.arrange()")
    page.keyboard.press("f")
    assert page.evaluate(BEHIND) == []
    assert page.evaluate(UNDER_THE_MAP) == []


def test_the_canvas_stays_while_a_wire_is_drawn_from_its_edge(page, client: httpx.Client) -> None:
    open_canvas(page, drawn(client, "at the edge"))
    width = page.locator(".react-flow").bounding_box()["width"]
    drag_in(page, "Linear Regression", int(width) - 20, 100)
    drag_in(page, "Train Model", 150, 300)
    node(page, "train_model").wait_for()
    before = page.evaluate(PLACE)
    start = port(page, "linear_regression", "untrained_model").bounding_box()
    end = port(page, "train_model", "untrained_model").bounding_box()
    page.mouse.move(start["x"] + 6, start["y"] + 6)
    page.mouse.down()
    for way in (0.02, 0.05, 1):
        page.mouse.move(start["x"] + 6 + way * (end["x"] - start["x"]), start["y"] + 6 + way * (end["y"] - start["y"]))
        page.evaluate(FRAMES)
    page.mouse.up()
    page.locator(".react-flow__edge").wait_for(state="attached")
    assert page.evaluate(PLACE) == before


def test_what_a_step_holds_is_edited_as_text_where_it_stands_and_undone(page, client: httpx.Client) -> None:
    made = client.post("pipelines", json={"name": "an inside", "sample": "many_models"}).raise_for_status().json()
    open_canvas(page, made["url"])
    node(page, "season_model").click(position={"x": 120, "y": 45})
    page.get_by_role("button", name="Look inside").click()
    page.get_by_role("dialog").get_by_text("The canvas draws one pipeline").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Edit as text").click()
    area = page.get_by_label("YAML of the pipeline")
    expect(area).to_be_focused()
    assert area.evaluate("(one) => one.value.slice(one.selectionStart).startsWith('season_model:')")
    area.fill(area.input_value().replace("fraction_of_rows: 0.7", "fraction_of_rows: 0.6"))
    page.locator(".text-state").get_by_text("Read", exact=True).wait_for()
    saved(page)
    inner = draft_of(client, made["url"])["jobs"]["season_model"]["component"]["jobs"]
    assert inner["split"]["inputs"]["fraction_of_rows"] == 0.6
    page.get_by_role("button", name="Undo").click()
    expect(area).to_have_value(re.compile(r"fraction_of_rows: 0\.7"))


def test_a_step_whose_output_is_looked_at_can_be_removed(page, client: httpx.Client) -> None:
    jobs = {"iris": {"type": "command", "component": "atelier:iris:1", "inputs": {}}}
    url = drawn(client, "looked at and removed", jobs, {"iris": [100, 100]})
    run = client.post(f"pipelines/{url.rstrip('/').split('/')[-2]}/run", json={}).raise_for_status().json()
    wait_for(lambda: client.get(f"pipeline-runs/{run['id']}").json()["state"] == "completed", 120, "no end")
    open_canvas(page, url)
    page.locator('.step-card.is-completed [data-port="dataset"]').click(position={"x": 20, "y": 8})
    page.get_by_role("complementary", name="What went through").wait_for()
    node(page, "iris").focus()
    page.keyboard.press("Delete")
    node(page, "iris").wait_for(state="detached")
    page.get_by_text("Draw a pipeline").wait_for()
    page.keyboard.press("Control+z")
    node(page, "iris").wait_for()


def test_a_node_says_why_it_failed_and_when_its_state_is_of_before_a_change(page, client: httpx.Client) -> None:
    dataset = "${{parent.jobs.iris.outputs.dataset}}"
    jobs = {
        "iris": {"type": "command", "component": "atelier:iris:1", "inputs": {}},
        "parts": {"type": "command", "component": "atelier:split_data:1", "inputs": {"dataset": dataset}},
        "odd": {"type": "command", "component": "atelier:apply_sql_transformation:1", "inputs": {"t1": dataset, "sql_query_script": "select nothing from t1"}},
    }  # fmt: skip
    url = drawn(client, "says why", jobs, {"iris": [300, 100], "parts": [100, 300], "odd": [500, 300]})
    run = client.post(f"pipelines/{url.rstrip('/').split('/')[-2]}/run", json={}).raise_for_status().json()
    wait_for(lambda: client.get(f"pipeline-runs/{run['id']}").json()["state"] == "failed", 120, "no end")
    steps = client.get(f"pipeline-runs/{run['id']}").json()["steps"]
    why = next(step["problem"] for step in steps if step["path"] == "odd")
    assert "nothing" in why
    open_canvas(page, url)
    node(page, "odd").click(position={"x": 120, "y": 45})
    page.locator('[data-panel="odd"] .panel-state').get_by_text(why).wait_for()
    page.get_by_role("link", name="Open the step").click()
    page.locator('[data-step="odd"]').get_by_role("status").get_by_text(why).wait_for()
    page.go_back()
    node(page, "parts").click(position={"x": 120, "y": 45})
    page.get_by_label("Fraction of rows").fill("0.6")
    page.locator('.step-card.is-stale[data-node="parts"] [title^="Completed before"]').wait_for()
    page.locator('[data-panel="parts"]').get_by_text("was changed since that run").wait_for()
    assert page.locator('.step-card.is-completed[data-node="iris"]').count() == 1
    page.get_by_role("button", name="Undo").click()
    page.locator('.step-card.is-completed[data-node="parts"]').wait_for()
    saved(page)
    page.reload()
    page.locator('.step-card.is-completed[data-node="parts"]').wait_for()


def test_what_is_searched_stays_under_the_hand_while_data_comes(page, client: httpx.Client) -> None:
    for name in ("split-one", "split-two"):
        asset = {"name": name, "type": "uri_file", "path": "https://example.org/split.csv"}
        client.post("data", json=asset).raise_for_status()
    open_canvas(page, drawn(client, "under the hand"))
    search = page.get_by_label("Search components and data")
    entry = page.locator('.shelf-entry[data-label="Split Data"]')
    search.fill("split")
    before = entry.bounding_box()
    page.locator('.shelf-entry[data-label="split-two"]').wait_for()
    assert entry.bounding_box() == before
    search.fill("split data")
    before = entry.bounding_box()
    page.locator('.shelf-entry[data-label="split-two"]').wait_for(state="detached")
    assert entry.bounding_box() == before


def test_a_run_is_stopped_where_it_was_started(page, client: httpx.Client) -> None:
    url = drawn(
        client, "stopped", {"wait": {"type": "command", "command": "sleep 90", "inputs": {}}}, {"wait": [100, 100]}
    )
    open_canvas(page, url)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    page.locator('.step-card.is-running[data-node="wait"]').wait_for(timeout=60_000)
    page.get_by_role("button", name="Stop the run").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop run").click()
    page.locator('.step-card.is-canceled[data-node="wait"]').wait_for(timeout=60_000)
    expect(page.get_by_role("button", name="Stop the run")).to_be_hidden()


def test_a_pipeline_is_made_and_run_by_keyboard_alone(page, client: httpx.Client) -> None:
    url = drawn(client, "keys alone")
    open_canvas(page, url)
    page.get_by_role("button", name="Outline").press("Enter")
    for words in ("iris", "split data"):
        page.keyboard.press("a")
        page.get_by_role("combobox", name="Search components and data").fill(words)
        page.keyboard.press("Enter")
        page.get_by_role("dialog", name="Add a step").wait_for(state="detached")
    lines = page.locator(".outline-open")
    expect(lines.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("c")
    page.get_by_role("menuitem", name="Split Data: Dataset").press("Enter")
    expect(lines.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator('[data-panel="split_data"] .panel-part :is(input, select)').first).to_be_focused()
    page.keyboard.press("Escape")
    expect(lines.nth(1)).to_be_focused()
    page.get_by_role("button", name="Run", exact=True).press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).press("Enter")
    page.locator('.outline-line[data-node="split_data"] [data-state="completed"]').wait_for(timeout=120_000)
    assert draft_of(client, url)["jobs"]["split_data"]["inputs"]["dataset"].endswith("iris.outputs.dataset}}")

"""What the canvas looks like: wires beside nodes, everything in view, nothing that slides away under the hand."""

import httpx
import pytest

from tests.e2e.drawing import drag_in, drawn, node, open_canvas, port, rest
from tests.real_studio import RealStudio

pytest.importorskip("playwright.sync_api")
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

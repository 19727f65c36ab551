"""What the tests of the designer do by hand: pipelines of their own, nodes dragged in, wires drawn."""

import httpx

from tests.real_studio import RealStudio

API = "/api/v1/workspaces/main/"
SPLIT = {"type": "command", "component": "atelier:split_data:1", "inputs": {}}


def rest(studio: RealStudio) -> httpx.Client:
    """REST, as the administrator."""
    return httpx.Client(base_url=studio.url + API, headers={"Authorization": f"Bearer {studio.token}"}, timeout=30)


def drawn(client: httpx.Client, name: str, jobs: dict | None = None, layout: dict | None = None) -> str:
    """The page of a new pipeline."""
    body = {"name": name, "document": {"jobs": jobs or {}, "layout": layout or {}}}
    return client.post("pipelines", json=body).raise_for_status().json()["url"]


def path_of(url: str) -> str:
    """Where REST has the draft of this page."""
    return f"pipelines/{url.rstrip('/').split('/')[-2]}/draft"


def draft_of(client: httpx.Client, url: str) -> dict:
    return client.get(path_of(url)).raise_for_status().json()["document"]


def open_canvas(page, url: str) -> None:
    page.goto(url)
    page.locator("pipeline-designer[data-ready]").wait_for()


def drag_in(page, label: str, x: int, y: int) -> None:
    """From the palette to a place of the canvas."""
    page.get_by_label("Search components and data").fill(label)
    page.locator(f'.shelf-entry[data-label="{label}"]').drag_to(
        page.locator(".react-flow__pane"), target_position={"x": x, "y": y}
    )
    page.get_by_label("Search components and data").fill("")


def port(page, node: str, name: str):
    return page.locator(f'.react-flow__handle[data-nodeid="{node}"][data-handleid="{name}"]')


def hold(page, source: tuple[str, str], target: tuple[str, str]) -> None:
    """A wire is drawn from port to port with the mouse, and not let go yet."""
    start, end = port(page, *source).bounding_box(), port(page, *target).bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2 - 20, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)


def wire(page, source: tuple[str, str], target: tuple[str, str]) -> None:
    hold(page, source, target)
    page.mouse.up()
    page.locator(f'.react-flow__edge[data-id="{".".join(source)}>{".".join(target)}"]').wait_for(state="attached")


def refused(page, source: tuple[str, str], target: tuple[str, str], words: str) -> None:
    """The reason is shown over the port, and again when the wire is let go."""
    hold(page, source, target)
    page.locator(".wire-tip", has_text=words).wait_for()
    page.mouse.up()
    page.locator(".toast", has_text=words).wait_for()


def node(page, name: str):
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def saved(page) -> None:
    page.locator('[data-draft="saved"]').wait_for()

"""The designer in headless Chromium: time until the canvas stands, and frames a second while nodes are dragged.

    python -m bench.designer [--database sqlite|postgresql] [--nodes 200] [--seconds 3] [--repeats 5]

The page is the one people open, served by a real studio over HTTP. Every frame moves the pointer by some pixels, as a
quick hand does; counted is how many frames the browser drew, and the longest of them. All nodes are in view, and each
has wires. Moved are one node, twenty chosen ones, and the whole canvas.
"""

import argparse
import statistics
from typing import Any

from bench import fill, machine
from bench.grid import QUIET

NODE = ".react-flow__node"
STANDS = """(wanted) => new Promise((resolve) => {
  const look = () => (document.querySelectorAll('.react-flow__node .step-card').length >= wanted
    && document.querySelectorAll('.react-flow__edge').length >= wanted - 1
    ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look));
  look();
})"""
# Presses at a place, moves the pointer in circles, a step each frame, and lets go: [frames a second, the longest in ms].
DRAG = """async ([x, y, seconds]) => {
  const at = (kind, dx, dy, target = window) => target.dispatchEvent(new MouseEvent(kind,
    { bubbles: true, cancelable: true, view: window, button: 0, buttons: 1, clientX: x + dx, clientY: y + dy }));
  at('mousedown', 0, 0, document.elementFromPoint(x, y));
  const frames = await new Promise((resolve) => {
    const times = [];
    const step = (now) => {
      times.push(now);
      const angle = times.length / 9;
      at('mousemove', 60 * Math.cos(angle), 60 * Math.sin(angle));
      if (now - times[0] < seconds * 1000) requestAnimationFrame(step); else resolve(times);
    };
    requestAnimationFrame(step);
  });
  at('mouseup', 0, 0);
  const gaps = frames.slice(1).map((time, index) => time - frames[index]);
  return [(1000 * gaps.length) / (frames.at(-1) - frames[0]), Math.max(...gaps)];
}"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    options.add_argument("--nodes", type=int, default=200)
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--repeats", type=int, default=5)
    chosen = options.parse_args()
    print(machine.described())
    with machine.studio(chosen.database):
        measure(chosen.nodes, chosen.seconds, chosen.repeats)


def drawn(nodes: int) -> dict[str, Any]:
    """A document of so many nodes in ten columns, each fed by the one above it or beside it."""
    jobs, layout = {}, {}
    for number in range(nodes):
        source = number - 10 if number >= 10 else number - 1
        wire = {"dataset": f"${{{{parent.jobs.n{source}.outputs.results_dataset1}}}}"} if source >= 0 else {}
        jobs[f"n{number}"] = {"type": "command", "component": "atelier:split_data:1", "inputs": wire}
        layout[f"n{number}"] = [number % 10 * 280, number // 10 * 160]
    return {"jobs": jobs, "layout": layout}


def measure(nodes: int, seconds: float, repeats: int) -> None:
    from django.core.management import call_command
    from django.test import Client

    from runs.pipelines.drafts import services
    from tests.factories import make_membership, make_user

    user = make_user()
    workspace, _ = fill.place("bench", "bench/designer")
    make_membership(workspace, user)
    pipeline = services.create(actor=user, workspace=workspace, name="many", document=drawn(nodes))
    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client()
    client.force_login(user)
    web = ["-m", "uvicorn", "studio.asgi:application", "--log-level", "error"]
    with machine.served(web) as (_, port):
        base = f"http://127.0.0.1:{port}"
        _browse(base, client.cookies["sessionid"].value, pipeline.get_absolute_url(), nodes, seconds, repeats)


def _browse(base: str, session: str, address: str, nodes: int, seconds: float, repeats: int) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
        page = context.new_page()
        page.on("pageerror", lambda error: print("page:", error))
        loaded = []
        for _ in range(repeats + 1):
            page.goto(address, wait_until="commit")
            loaded.append(page.evaluate(STANDS, nodes))
        print(
            f"{nodes} nodes: cold {loaded[0]:.0f} ms, files cached {statistics.median(loaded[1:]):.0f} ms", flush=True
        )
        drags(page, seconds, repeats)
        browser.close()


def drags(page: Any, seconds: float, repeats: int) -> None:
    """What a person moves: one node, twenty, the canvas."""
    page.wait_for_timeout(1500)
    _say("one node", [page.evaluate(DRAG, [*_middle(page, 95), seconds]) for _ in range(repeats)])
    page.evaluate(
        "document.querySelector('pipeline-designer').designer.select(Array.from({length: 20}, (_, n) => `n${n + 90}`))"
    )
    _say("twenty nodes", [page.evaluate(DRAG, [*_middle(page, 95), seconds]) for _ in range(repeats)])
    page.keyboard.press("Escape")
    box = page.locator(".react-flow__pane").bounding_box()
    corner = [box["x"] + 20, box["y"] + 20]
    _say("the canvas", [page.evaluate(DRAG, [*corner, seconds]) for _ in range(repeats)])


def _middle(page: Any, number: int) -> list[float]:
    box = page.locator(f'{NODE}[data-id="n{number}"]').bounding_box()
    return [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]


def _say(words: str, found: list[list[float]]) -> None:
    frames, longest = [one[0] for one in found], max(one[1] for one in found)
    print(f"dragging {words}: median {statistics.median(frames):.1f} frames a second, worst {min(frames):.1f}, longest {longest:.0f} ms", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()

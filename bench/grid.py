"""The runs table in headless Chromium: data and first paint with 10,000 runs, scrolling over 100,000.

    python -m bench.grid [--database sqlite|postgresql] [--small 10000] [--large 100000] [--repeats 5]

The page is the one people open, served by a real studio over HTTP. While it scrolls, every frame looks whether the rows
in the window say who they are (name, state and start); the longest time in which one did not counts as the blank. How
long the longest frame took stands beside it: a picture that stands still is no blank, but no scrolling either.
"""

import argparse
import statistics
from typing import Any

from bench import fill, machine

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
REACHING = 250  # ms from the edge of the table to its scroll bar
LOOKS = """() => {
  const root = document.querySelector('.grid-root')?.getBoundingClientRect();
  if (!root || !root.height) return false;
  for (const share of [0.25, 0.5, 0.75]) {
    const row = document.elementFromPoint(root.left + 180, root.top + root.height * share)?.closest('.ag-row');
    if (!row?.querySelector('.grid-name') || !row.querySelector('[data-state]')) return false;
    if (!row.querySelector('[col-id="attribute:started"]')?.textContent) return false;
  }
  return true;
}"""
PAINTED = f"""() => new Promise((resolve) => {{
  const isThere = {LOOKS};
  const look = () => (isThere() ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look));
  look();
}})"""
# What a person does with the table, one after the other; `view` is what scrolls, `height` how far.
MOVES = {
    "dragging the bar over everything, at once after opening": """
      for (let at = 0; at <= 100; at += 1) { view.scrollTop = (height * at) / 100; await pause(16); }""",
    "turning the wheel": "for (let at = 0; at < 300; at += 1) { view.scrollTop += 120; await pause(16); }",
    "holding the page key": "for (let at = 0; at < 100; at += 1) { view.scrollTop += view.clientHeight; await pause(33); }",
    "jumping to twenty places": """
      for (let at = 1; at <= 20; at += 1) { view.scrollTop = height * ((at * 0.6180339887) % 1); await pause(700); }""",
    "dragging the bar over everything": """
      for (let at = 0; at <= 100; at += 1) { view.scrollTop = (height * at) / 100; await pause(16); }""",
    "dragging it to and fro": """
      for (let at = 0; at <= 200; at += 1) {
        view.scrollTop = height * (0.5 + 0.5 * Math.sin(at / 15)); await pause(16);
      }""",
}
# Answers the longest blank and the longest frame of a move, and of the rest after it in which the cells come.
SCROLL = f"""async () => {{
  const isThere = {LOOKS};
  const view = document.querySelector('.ag-grid-viewport');
  const height = view.scrollHeight - view.clientHeight;
  const pause = (wait) => new Promise((done) => setTimeout(done, wait));
  let since = null, before = null, blank = 0, frame = 0, ended = false;
  const look = (now) => {{
    frame = Math.max(frame, now - (before ?? now));
    before = now;
    if (isThere()) since = null;
    else blank = Math.max(blank, now - (since ??= now));
    if (!ended) requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
  await (async () => {{ MOVE }})();
  await pause(1500);
  ended = true;
  return [blank, frame];
}}"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    options.add_argument("--small", type=int, default=10_000)
    options.add_argument("--large", type=int, default=100_000)
    options.add_argument("--repeats", type=int, default=5)
    chosen = options.parse_args()
    print(machine.described())
    with machine.studio(chosen.database):
        measure(chosen.small, chosen.large, chosen.repeats)


def measure(small: int, large: int, repeats: int) -> None:
    from django.core.management import call_command
    from django.test import Client

    from tests.factories import make_membership, make_user

    user = make_user()
    for slug, runs in (("small", small), ("large", large)):
        workspace, experiment = fill.place(slug, "bench/many")
        make_membership(workspace, user)
        fill.fill(workspace, experiment, fill.Shape(runs, seed=runs))
    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client()
    client.force_login(user)
    web = ["-m", "uvicorn", "studio.asgi:application", "--log-level", "error"]
    with machine.served(web) as (_, port):
        _browse(f"http://127.0.0.1:{port}", client.cookies["sessionid"].value, small, large, repeats)


def _browse(base: str, session: str, small: int, large: int, repeats: int) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
        page = context.new_page()
        page.on("pageerror", lambda error: print("page:", error))
        page.goto("/w/small/runs/")
        for slug, runs in (("small", small), ("large", large)):
            _data(page, slug, runs, repeats)
        cold = [_visit(browser, base, session, "small") for _ in range(repeats)]
        _say(f"{small:,} runs: cold browser, navigation until painted", cold)
        warm = []
        for slug, runs in (("small", small), ("large", large)):
            warm = [_painted(page, f"/w/{slug}/runs/") for _ in range(repeats)]
            _say(f"{runs:,} runs: files cached, navigation until painted", warm)
        page.mouse.move(720, 500)  # who drags has come to the table first
        page.wait_for_timeout(REACHING)
        for words, move in MOVES.items():
            blank, frame = page.evaluate(SCROLL.replace("MOVE", move))
            print(f"{large:,} runs, {words}: longest blank {blank:.0f} ms, longest frame {frame:.0f} ms", flush=True)
        browser.close()


def _data(page: Any, slug: str, runs: int, repeats: int) -> None:
    """What a table asks first: the window and its first block, sorted by a metric and filtered."""
    script = """async ([slug, query]) => {
      const token = JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
      const columns = JSON.parse(document.getElementById('grid-config').textContent).usual;
      const begun = performance.now();
      const answer = await fetch(`/api/v1/workspaces/${slug}/grid/rows`, {
        method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
        body: JSON.stringify({ query, columns, start: 0, end: 100 }),
      });
      await answer.json();
      return performance.now() - begun;
    }"""
    questions = {
        "newest first": {},
        "filtered and sorted by metrics": {"filter": "metrics.m0 < 0.5", "order": ["-metric:m1.max"]},
        "grouped by a parameter": {"group": ["param:p0"]},
    }
    for words, query in questions.items():
        _say(f"{runs:,} runs: data, {words}", [page.evaluate(script, [slug, query]) / 1000 for _ in range(repeats)])


def _visit(browser: Any, base: str, session: str, slug: str) -> float:
    context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    taken = _painted(context.new_page(), f"/w/{slug}/runs/")
    context.close()
    return taken


def _painted(page: Any, address: str) -> float:
    page.goto(address, wait_until="commit")
    return float(page.evaluate(PAINTED)) / 1000


def _say(words: str, seconds: list[float]) -> None:
    print(f"{words}: median {statistics.median(seconds) * 1000:.0f} ms, worst {max(seconds) * 1000:.0f} ms", flush=True)


if __name__ == "__main__":
    main()

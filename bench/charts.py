"""Time from navigation until 24 charts of 50 runs with 10,000 points each are drawn, in headless Chromium.

    python -m bench.charts [--database sqlite|postgresql] [--runs 50] [--repeats 5] [--picture wall.png]

The page is the one people open, served by a real studio over HTTP. All charts are drawn, those below the window too: the
clock stops when the last of them is. Then the same lines are drawn once more by Plotly, for comparison.
"""

import argparse
import statistics
import time
from typing import Any

from bench import machine, many_curves

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
# When each chart was drawn: the wall calls this once for every chart it has drawn for the first time.
DRAWN = """() => new Promise((resolve, reject) => {
  const look = () => {
    const charts = [...document.querySelectorAll('metric-chart')];
    if (charts.length >= 24 && charts.every((chart) => chart.lines.length === RUNS && chart.querySelector('.chart-plot canvas'))) {
      requestAnimationFrame(() => resolve(performance.now()));
    } else if (performance.now() > 60_000) {
      reject(new Error(`after a minute ${charts.filter((chart) => chart.isDrawn).length} of ${charts.length} are drawn`));
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
})"""
PLOTLY = """async (address) => {
  await new Promise((resolve) => {
    const script = document.createElement('script');
    Object.assign(script, { src: address, onload: resolve });
    document.head.append(script);
  });
  const charts = [...document.querySelectorAll('metric-chart')];
  const begun = performance.now();
  for (const chart of charts) {
    const place = document.createElement('div');
    document.body.append(place);
    const data = chart.lines.map(({ xs, ys, colour }) => ({
      x: xs, y: ys, type: 'scatter', mode: 'lines', line: { color: colour, width: 1 }, hoverinfo: 'skip',
    }));
    await window.Plotly.newPlot(place, data, { width: chart.width, height: chart.height, showlegend: false });
  }
  return performance.now() - begun;
}"""
REPAINT = """() => {
  const charts = [...document.querySelectorAll('metric-chart')];
  const begun = performance.now();
  for (const chart of charts) chart.draw();
  return performance.now() - begun;
}"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    options.add_argument("--runs", type=int, default=50)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--picture", default="")
    chosen = options.parse_args()
    print(machine.described())
    with machine.studio(chosen.database):
        measure(chosen.runs, chosen.repeats, chosen.picture)


def measure(runs: int, repeats: int, picture: str) -> None:
    from django.core.management import call_command
    from django.test import Client

    from tests.factories import make_experiment, make_user, make_workspace

    user = make_user()
    workspace = make_workspace("bench", owner=user)
    begun = time.perf_counter()
    many_curves.fill(workspace, make_experiment(workspace, "wall"), user, runs)
    print(
        f"{runs} runs of {len(many_curves.KEYS)} metrics of {many_curves.POINTS:,} points: {time.perf_counter() - begun:.1f} s"
    )
    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client()
    client.force_login(user)
    web = ["-m", "uvicorn", "studio.asgi:application", "--log-level", "error"]
    with machine.served(web) as (_, port):
        _browse(f"http://127.0.0.1:{port}", client.cookies["sessionid"].value, runs, repeats, picture)


def _browse(base: str, session: str, runs: int, repeats: int, picture: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        cold = [_one_visit(browser, base, session, runs) for _ in range(repeats)]
        _say("cold browser: navigation until all 24 charts are drawn", [seconds for seconds, _ in cold])
        page = cold[-1][1]
        if picture:
            page.screenshot(path=picture, full_page=True)
        warm = []
        for _ in range(repeats):
            page.reload(wait_until="commit")
            warm.append(_drawn(page, runs))
        _say("files of the studio cached: the same", warm)
        _say("drawing all 24 again (uPlot and our painter)", [page.evaluate(REPAINT) / 1000 for _ in range(repeats)])
        _say(
            "the same lines by Plotly", [page.evaluate(PLOTLY, "/static/vendor/plotly/plotly-cartesian.min.js") / 1000]
        )
        browser.close()


def _one_visit(browser: Any, base: str, session: str, runs: int) -> tuple[float, Any]:
    context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    page = context.new_page()
    page.on("pageerror", lambda error: print("page:", error))
    page.goto("/w/bench/charts/?experiment=wall", wait_until="commit")
    return _drawn(page, runs), page


def _drawn(page: Any, runs: int) -> float:
    """Seconds from the start of the navigation, as the browser's own clock has it."""
    return float(page.evaluate(DRAWN.replace("RUNS", str(runs)))) / 1000


def _say(what: str, seconds: list[float]) -> None:
    print(f"    {what:58}median {statistics.median(seconds):6.2f} s, worst {max(seconds):6.2f} s")


if __name__ == "__main__":
    main()

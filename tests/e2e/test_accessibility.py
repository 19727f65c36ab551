"""Every page, full and empty, in both themes: axe finds nothing that shuts somebody out, and a phone shows its whole width."""

import httpx
import pytest

from tests import axe
from tests.e2e import full_workspace
from tests.real_studio import RealStudio

pytest.importorskip("playwright.sync_api")
SCRIPTED = """
experiment_name: vision/accessible
display_name: "%s"
command: python -c "print('one line'); open('outputs/notes.txt', 'w').write('hello'); raise SystemExit(%d)"
"""
SINCE_LOADED = "() => performance.now() - performance.getEntriesByType('navigation')[0].loadEventEnd"
OUTSIDE = ["/account/tokens/", "/account/profile/", "/notifications/", "/workspaces/"]
LISTS = ["", "experiments/", "experiments/vision/accessible/", "runs/", "runs/new/", "compute/", "compute/local/"]
REST = ["activity/", "members/", "settings/"]
TABS = ("overview", "charts", "logs", "artifacts", "code", "system")


@pytest.fixture(scope="module")
def addresses(studio: RealStudio) -> list[str]:
    """The main pages of a workspace where runs trained, failed and are still open."""
    headers = {"Authorization": f"Bearer {studio.token}"}
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        ids = [_submitted(client, "ends well", 0), _submitted(client, "n" * 110, 3)]
        open_id = _started(client)
    tabs = [f"runs/{run_id}/{tab}/" for run_id in ids for tab in TABS]
    compared = ",".join([*ids, open_id])
    pages = [
        *LISTS,
        *REST,
        *tabs,
        f"runs/{open_id}/charts/",
        f"compare/?ids={compared}",
        f"compare/?ids={compared}&view=charts",
    ]
    return [*OUTSIDE, *(f"/w/main/{page}" for page in pages)]


@pytest.fixture(scope="module")
def more(studio: RealStudio) -> list[str]:
    """The pages of models, traces, reports, webhooks, charts and the trash, and those of a workspace without anything."""
    full = full_workspace.pages(studio.url, studio.token)
    return [*full, *full_workspace.empty_pages(studio.url, studio.token)]


def test_no_page_shuts_anybody_out(new_page, signed_in, addresses):
    assert not _problems(new_page, signed_in, addresses)


def test_no_page_of_models_traces_reports_and_the_like_shuts_anybody_out(new_page, signed_in, more):
    assert not _problems(new_page, signed_in, more)


def test_no_page_is_wider_than_a_phone(new_page, signed_in, addresses, more):
    options = {"storage_state": signed_in, "viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}
    wide = []
    for address, page in _drawn(new_page, [*addresses, *more], 150, **options):
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wide += [f"{address} by {beyond} px"] if beyond > 0 else []
    assert not wide, "\n".join(wide)


def test_menus_of_the_runs_table_shut_nobody_out(new_page, signed_in, more):
    page = new_page(storage_state=signed_in, reduced_motion="reduce")
    page.goto("/w/main/experiments/vision/full/")
    for name in ("views", "group", "more", "columns"):
        page.locator(f"[data-grid={name}]").click()
        assert not axe.violations(page), name
        page.keyboard.press("Escape")


def test_views_and_dialogs_of_the_designer_shut_nobody_out(new_page, signed_in, more):
    page = new_page(storage_state=signed_in, reduced_motion="reduce")
    page.goto("/w/main/pipelines/?q=cars")
    page.get_by_role("link", name="cars", exact=True).click()
    page.locator(".react-flow__node").first.wait_for()
    found = []
    for view in ("Outline", "Text", "Canvas"):
        page.get_by_role("button", name=view, exact=True).click()
        page.wait_for_timeout(300)
        found += [f"{view} {problem}" for problem in axe.violations(page)]
    page.locator(".react-flow__node").first.click()
    found += [f"panel {problem}" for problem in axe.violations(page)]
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").wait_for()
    found += [f"dialog {problem}" for problem in axe.violations(page)]
    assert not found, "\n".join(found)


def test_a_table_without_runs_says_what_to_do(new_page, signed_in, more):
    page = new_page(storage_state=signed_in)
    page.goto("/w/bare/runs/")
    page.get_by_role("heading", name="No runs yet").wait_for()
    page.goto("/w/main/runs/?q=params.lr > 900")
    page.get_by_role("heading", name="No runs match").wait_for()
    page.get_by_role("button", name="Clear the filter").click()
    page.get_by_role("link", name="run 0").wait_for()


def _problems(new_page, signed_in, addresses) -> str:
    found = []
    for address, page in _drawn(new_page, addresses, 400, storage_state=signed_in, reduced_motion="reduce"):
        found += [f"{address} {problem}" for problem in axe.violations_in_both_themes(page)]
    return "\n".join(found)


def _drawn(new_page, addresses, wait_ms, **options):
    """(address, page) for each, in light, a moment after it was loaded. The next one loads while this one is looked at."""
    tabs = [new_page(color_scheme="light", **options) for _ in range(2)]
    begun = []
    for number, address in enumerate([*addresses, None]):
        if address is not None:
            tab = tabs[number % 2]
            tab.emulate_media(color_scheme="light")
            assert tab.goto(address, wait_until="commit").status == 200, address
            begun.append((address, tab))
        if number:
            before, page = begun[number - 1]
            page.wait_for_load_state("load")
            page.wait_for_timeout(max(0, wait_ms - page.evaluate(SINCE_LOADED)))
            yield before, page


def _submitted(client: httpx.Client, name: str, exit_code: int) -> str:
    body = {"file_name": "job.yml", "text": SCRIPTED % (name, exit_code)}
    return client.post("runs", json=body).raise_for_status().json()["id"]


def _started(client: httpx.Client) -> str:
    body = {"experiment": "vision/accessible", "name": "still open", "params": {"lr": 0.1}, "tags": {"team": "vision"}}
    run_id = client.post("runs/start", json=body).raise_for_status().json()["id"]
    metrics = [
        {"key": "train/loss", "step": step, "value": 1 / (step + 1), "time_ms": 1_800_000_000_000 + step}
        for step in range(50)
    ]
    client.post(f"runs/{run_id}/ingest", json={"writer": "test", "seq": 0, "metrics": metrics}).raise_for_status()
    return run_id

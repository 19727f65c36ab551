"""The runs table in a real browser: rows, grouping, editing by keyboard, views, the charts beside it."""

import httpx
import pytest

pytest.importorskip("playwright.sync_api")
PLACE = "/w/main/experiments/e2e/table/"


@pytest.fixture(scope="module")
def runs(studio) -> list[str]:
    headers = {"Authorization": f"Bearer {studio.token}"}
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        found = []
        for number in range(6):
            body = {"experiment": "e2e/table", "name": f"run-{number}", "params": {"lr": str(number % 2)}}
            run = client.post("runs/start", json=body).json()["id"]
            metrics = [{"key": "loss", "step": 1, "time_ms": 1, "value": number / 10}]
            batch = {"writer": "w", "seq": 0, "metrics": metrics, "goals": {"loss": "min"}}
            assert client.post(f"runs/{run}/ingest", json=batch).status_code == 200
            client.post(f"runs/{run}/finish", json={"state": "completed"})
            found.append(run)
        return found


def test_rows_are_sorted_grouped_and_kept_as_a_view(page, runs):
    page.goto(PLACE)
    page.wait_for_selector(".ag-row .grid-name")
    page.locator('.ag-header-cell[col-id="metric:loss.last"] .grid-head-label').click()
    page.wait_for_url("**sort=-metric**")
    page.locator('.ag-row[row-index="0"] .grid-name', has_text="run-5").wait_for()
    page.locator('[data-grid="group"]').click()
    page.get_by_role("menuitemcheckbox", name="lr").click()
    page.wait_for_selector(".ag-row.is-group")
    assert "±" in page.locator(".ag-row.is-group").first.inner_text()
    page.keyboard.press("Control+s")
    page.locator("dialog[open] input[name=name]").fill("By rate")
    page.locator("dialog[open] button[type=submit]").click()
    page.wait_for_url("**?view=**")
    page.reload()
    page.wait_for_selector(".ag-row.is-group")
    assert page.locator("[data-grid-view]").inner_text() == "By rate"


def test_a_run_is_renamed_by_the_keyboard_alone(page, runs):
    page.goto(f"{PLACE}?q=params.lr%20%3D%20'0'")
    page.wait_for_selector(".ag-row .grid-name")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("renamed")
    page.keyboard.press("Enter")
    page.wait_for_selector(".grid-name a:has-text('renamed')")
    page.reload()
    page.wait_for_selector(".grid-name a:has-text('renamed')")


def test_the_charts_stand_beside_the_table(page, runs):
    page.goto(f"{PLACE}?pane=split")
    page.wait_for_selector("metric-charts metric-chart")
    assert page.locator(".ag-row .grid-name").first.is_visible()


def test_rows_that_pass_faster_than_their_cells_come_say_who_they_are(page, studio, runs):
    headers = {"Authorization": f"Bearer {studio.token}"}
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        for number in range(130):
            client.post("runs/start", json={"experiment": "e2e/many", "name": f"many-{number}"}).raise_for_status()
    held = []
    page.route("**/grid/rows", lambda route: held.append(route))
    page.goto("/w/main/experiments/e2e/many/")
    page.wait_for_selector(".ag-row .grid-name")
    page.evaluate("document.querySelector('.ag-grid-viewport').scrollTop = 1e6")
    last = page.locator('.ag-row[row-index="129"]')
    last.locator(".grid-name a", has_text="many-0").wait_for()
    last.locator("[data-state]").wait_for()
    assert last.locator('[col-id="attribute:started"]').inner_text()
    assert last.locator("input").count() == 0
    for route in held:
        route.continue_()
    page.unroute("**/grid/rows")
    last.locator("input").wait_for()

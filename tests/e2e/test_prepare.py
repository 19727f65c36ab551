"""Prepare in a browser: filter, a column from two values that are typed, a version."""

import re

import httpx
import pytest

from tests import axe
from tests.real_studio import RealStudio, wait_for

pytest.importorskip("playwright.sync_api")
PEOPLE = [
    ("Ada Lovelace", 12),
    ("Alan Turing", 40),
    ("Grace Brewster Hopper", 55),
    ("Edsger Dijkstra", 70),
    ("Barbara Liskov", 90),
]
SHOWN = {0: "A. Turing", 1: "G. Hopper"}  # rows after the filter


@pytest.fixture
def flow(studio: RealStudio) -> str:
    """A dataflow over a table of people; answers the address of its page."""
    headers = {"Authorization": f"Bearer {studio.token}"}
    text = "name,price\n" + "".join(f"{name},{price}\n" for name, price in PEOPLE)
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=30) as client:
        folder = client.post("data-folders", json={"name": "people"}).json()
        made = client.post(
            f"datastores/{folder['datastore']}/uploads",
            json={"path": f"{folder['path']}/people.csv", "size": len(text)},
        ).json()
        client.put(f"uploads/{made['id']}/parts/1", content=text.encode()).raise_for_status()
        client.post(f"uploads/{made['id']}/complete").raise_for_status()
        client.post("data", json={"name": "people", "type": "uri_file", "folder": folder["path"]}).raise_for_status()
        wait_for(lambda: client.get("data/people/versions/1").json()["state"] == "ready", 30, "the data was never read")
        client.post("dataflows", json={"name": "clean", "source": "azureml:people:1"}).raise_for_status()
    return "/w/main/data/flows/clean/"


def test_a_column_is_made_from_two_values_and_saved(page, studio: RealStudio, flow: str) -> None:
    page.goto(flow)
    page.locator(".ag-row").first.wait_for()
    _filter(page)
    _derive(page)
    page.locator("[data-open=save]").click()
    page.get_by_role("button", name="Save version").click()
    page.get_by_text("Version 1 is saved.").wait_for()
    headers = {"Authorization": f"Bearer {studio.token}"}
    saved = httpx.get(f"{studio.url}/api/v1/workspaces/main/dataflows/clean/versions/1", headers=headers).json()
    assert [step["kind"] for step in saved["steps"]] == ["filter", "derive_by_example"]
    assert axe.violations(page, rules=None) == []


def _filter(page) -> None:
    page.locator(".column-head-name", has_text="price").click()
    page.get_by_role("menuitem", name="Filter").click()
    page.get_by_label("Value", exact=True).fill("40")
    page.get_by_text("4 rows, 2 columns").wait_for()


def _derive(page) -> None:
    page.locator(".column-head-name", has_text="name").click()
    page.get_by_role("menuitem", name="New column by example").click()
    for row, wanted in SHOWN.items():
        cell = page.locator(f'.ag-row[row-index="{row}"] [col-id="new0"]')
        cell.click()
        page.keyboard.press("Control+A")
        page.keyboard.type(wanted)
        page.keyboard.press("Enter")
    rest = page.locator('.ag-row[row-index="2"] [col-id="new0"]')
    rest.get_by_text(re.compile("^E. Dijkstra$")).wait_for()
    page.get_by_role("button", name="Add column").click()
    page.get_by_text("4 rows, 3 columns").wait_for()

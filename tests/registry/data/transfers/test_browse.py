"""The browse page of a datastore."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.accounts.models import User

pytestmark = pytest.mark.django_db
PAGE = "/w/vision/data/datastores/default/"
Browser = Callable[[User], Client]


@pytest.fixture
def place(settings: Any, tmp_path: Path, workspace: Workspace) -> Datastore:
    settings.DATA_DIR = tmp_path
    place = datastores.ensure_default(workspace)
    for path in ("raw/cars.csv", "raw/2024/a <b>.csv", "notes.txt"):
        opening.file_store(place).write(path, io.BytesIO(b"x" * 1500))
    return place


def test_folders_come_first_and_lead_deeper(place: Datastore, browser: Browser, ben: User) -> None:
    text = browser(ben).get(PAGE + "browse/").content.decode()
    assert text.index(">raw<") < text.index(">notes.txt<")
    assert "file-drop" in text
    inside = browser(ben).get(PAGE + "browse/", {"path": "raw/2024"}).content.decode()
    assert "a &lt;b&gt;.csv" in inside
    assert "azureml://datastores/default/paths/raw/2024" in inside
    tree = browser(ben).get(PAGE + "folders/", {"path": "raw"}).content.decode()
    assert "2024" in tree
    assert "cars.csv" not in tree


def test_a_file_goes_down_as_an_attachment(place: Datastore, browser: Browser, rita: User) -> None:
    answer = browser(rita).get(PAGE + "raw/", {"path": "raw/2024/a <b>.csv"})
    assert b"".join(answer.streaming_content) == b"x" * 1500  # type: ignore[attr-defined]
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_a_reader_sees_neither_the_drop_nor_the_bin(place: Datastore, browser: Browser, rita: User) -> None:
    text = browser(rita).get(PAGE + "browse/").content.decode()
    assert "file-drop" not in text
    assert "delete-file" not in text
    assert browser(rita).post(PAGE + "delete-file/", {"path": "notes.txt"}).status_code == 403


def test_a_file_is_deleted_and_what_is_not_there_is_said(place: Datastore, browser: Browser, ben: User) -> None:
    client = browser(ben)
    answer = client.post(PAGE + "delete-file/", {"path": "raw/cars.csv"})
    assert answer["Location"].endswith("browse/?path=raw")
    assert opening.file_store(place).stat("raw/cars.csv") is None
    again = client.post(PAGE + "delete-file/", {"path": "raw/cars.csv"}, follow=True).content.decode()
    assert "There is nothing called" in again


@pytest.mark.parametrize("path", ["../", "nothing/here", "a\\b", "x" * 2000])
def test_a_path_that_is_none_is_said_on_the_page(place: Datastore, browser: Browser, ben: User, path: str) -> None:
    answer = browser(ben).get(PAGE + "browse/", {"path": path})
    assert answer.status_code == 200
    assert "banner" in answer.content.decode()

"""The pages of datastores, and what each person sees of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from registry.data.datastores import services
from registry.data.datastores.definition import Definition
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.accounts.models import User

pytestmark = pytest.mark.django_db
BASE = "/w/vision/data/"
NEW = f"{BASE}new-datastore/"
FORM = {
    "name": "lake", "option__bucket": "cars", "option__endpoint": "http://127.0.0.1:9", "option__path_style": "on",
    "credential": "access_key", "secret__access_key__access_key_id": "AKIA",
    "secret__access_key__secret_access_key": "canary-hush",
}  # fmt: skip
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def allowed(settings: Any, tmp_path: Path) -> None:
    settings.DATA_HOSTS = {"127.0.0.1"}
    settings.DATA_DIR = tmp_path / "var"


@pytest.fixture
def lake(ben: User, workspace: Workspace) -> Datastore:
    return services.register_datastore(
        actor=ben, workspace=workspace, name="lake", definition=Definition(
            "s3", {"bucket": "cars", "endpoint": "http://127.0.0.1:9"},
            {"access_key_id": "AKIA", "secret_access_key": "canary-hush"},
        ),
    )  # fmt: skip


def test_the_list_shows_places_and_never_a_credential(browser: Browser, ben: User, rita: User, lake: Datastore) -> None:
    for person in (ben, rita):
        for path in ("datastores/", "datastores/lake/"):
            page = browser(person).get(BASE + path).content.decode()
            assert "lake" in page and "s3://cars" in page and "canary-hush" not in page and "AKIA" not in page


def test_a_reader_sees_no_button(browser: Browser, rita: User, lake: Datastore) -> None:
    for path in ("datastores/", "datastores/lake/"):
        page = browser(rita).get(BASE + path).content.decode()
        for words in ("New datastore", "Test connection", "Make it the default", "Remove", ">Edit<"):
            assert words not in page
    assert browser(rita).get(NEW).status_code == 403


def test_every_kind_has_a_form(browser: Browser, ben: User) -> None:
    chooser = browser(ben).get(NEW).content.decode()
    for query in (
        "kind=s3",
        "kind=azure_blob",
        "kind=gcs",
        "kind=sftp",
        "kind=local_folder",
        "kind=sql&amp;first=postgresql",
    ):
        assert query in chooser
    for query in (
        "kind=s3",
        "kind=azure_blob",
        "kind=gcs",
        "kind=sftp",
        "kind=local_folder",
        "kind=sql&first=sqlite",
        "kind=sql&first=mysql",
    ):
        assert browser(ben).get(f"{NEW}?{query}").status_code == 200
    for query in ("kind=ftp", "kind=sql", "kind=sql&first=oracle", "kind=sql&first=%00"):
        assert browser(ben).get(f"{NEW}?{query}").status_code == 400


def test_registering_tests_the_connection_and_says_so(browser: Browser, ben: User) -> None:
    answer = browser(ben).post(f"{NEW}?kind=s3", FORM, follow=True)
    page = answer.content.decode()
    assert "lake is registered" in page and "refused" in page and "canary-hush" not in page
    assert Datastore.objects.get(name="lake").check_problem


def test_a_refused_form_comes_back_without_its_credential(browser: Browser, ben: User) -> None:
    answer = browser(ben).post(f"{NEW}?kind=s3", {**FORM, "option__bucket": "../x"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "is no bucket" in page and "canary-hush" not in page
    assert not Datastore.objects.filter(name="lake").exists()


def test_a_form_is_tested_before_it_is_saved(browser: Browser, ben: User) -> None:
    page = browser(ben).post(f"{NEW}test/?kind=s3", FORM).content.decode()
    assert "connection refused" in page and not Datastore.objects.filter(name="lake").exists()
    missing = browser(ben).post(f"{NEW}test/?kind=s3", {"option__bucket": "cars", "credential": "access_key"})
    assert "This is needed." in missing.content.decode()
    good = browser(ben).post(f"{NEW}test/?kind=local_folder", {})
    assert "The connection works." in good.content.decode()


def test_an_edit_keeps_the_credential_unless_the_place_changes(browser: Browser, ben: User, lake: Datastore) -> None:
    form = {name: value for name, value in FORM.items() if not name.startswith("secret__") and name != "name"}
    edit = f"{BASE}datastores/lake/edit/"
    assert browser(ben).post(edit, {**form, "option__prefix": "raw"}).status_code == 302
    lake.refresh_from_db()
    assert lake.options["prefix"] == "raw" and lake.secret is not None
    for path in (edit, f"{BASE}datastores/lake/test-changes/"):
        answer = browser(ben).post(path, {**form, "option__endpoint": "http://127.0.0.1:9001"})
        assert "Enter the credential again" in answer.content.decode()
    lake.refresh_from_db()
    assert lake.options["endpoint"] == "http://127.0.0.1:9"


def test_a_pasted_file_registers_one(browser: Browser, ben: User) -> None:
    text = "name: folder\ntype: local_folder\ndescription: Ours\n"
    assert browser(ben).post(f"{NEW}file/", {"text": text}).status_code == 302
    assert Datastore.objects.get(name="folder").description == "Ours"
    refused = browser(ben).post(f"{NEW}file/", {"text": "name: a\ntype: hdfs\ncredentials: {password: canary-hush}\n"})
    assert (
        refused.status_code == 422 and "HDFS" in refused.content.decode() and "canary" not in refused.content.decode()
    )


def test_the_default_is_made_another_and_the_old_one_removed(browser: Browser, ben: User, lake: Datastore) -> None:
    browser(ben).post(f"{BASE}datastores/lake/make-default/")
    lake.refresh_from_db()
    assert lake.is_default
    browser(ben).post(f"{BASE}datastores/lake/remove/")
    assert Datastore.objects.filter(name="lake").exists()
    browser(ben).post(f"{BASE}datastores/default/remove/")
    assert not Datastore.objects.filter(name="default").exists()


def test_the_test_button_answers_in_place(browser: Browser, ben: User, lake: Datastore) -> None:
    answer = browser(ben).post(f"{BASE}datastores/lake/test/", headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "Does not work" in answer.content.decode()
    assert browser(ben).post(f"{BASE}datastores/lake/test/").status_code == 302


def test_a_database_shows_its_tables(
    browser: Browser, rita: User, ben: User, workspace: Workspace, tmp_path: Path, settings: Any
) -> None:
    import sqlite3

    settings.DATA_ROOTS = [tmp_path / "srv"]
    (tmp_path / "srv").mkdir()
    with sqlite3.connect(tmp_path / "srv" / "cars.sqlite") as database:
        database.execute("CREATE TABLE cars (id INTEGER, name TEXT)")
    database.close()
    services.register_datastore(
        actor=ben, workspace=workspace, name="db",
        definition=Definition("sql", {"engine": "sqlite", "path": str(tmp_path / "srv" / "cars.sqlite")}),
    )  # fmt: skip
    page = browser(rita).get(f"{BASE}datastores/db/tables/").content.decode()
    assert "cars" in page and "INTEGER" in page
    assert "datastores/db/tables/" in browser(rita).get(f"{BASE}datastores/db/").content.decode()
    (tmp_path / "srv" / "cars.sqlite").unlink()
    assert "There is nothing called" in browser(rita).get(f"{BASE}datastores/db/tables/").content.decode()

"""Pages of data assets as people use them."""

from typing import Any

import pytest

from registry.data.assets import queries, services
from registry.data.assets.models import DataAsset, DataVersion
from registry.mlmodels.services import versions as models
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from tests.factories import make_run
from tests.factories.data import make_data, put_file
from tests.people import People

pytestmark = pytest.mark.django_db
BASE = "/w/vision/data/"


def text_of(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_the_list_leads_to_the_newest_version(people: People, browser: Any) -> None:
    ben = browser(people.ben)
    assert "No data yet" in text_of(ben, BASE)
    make_data(people.workspace, tags={"team": "vision"}, description="# All *cars*")
    second = make_data(people.workspace)
    page = text_of(ben, BASE)
    assert "All cars" in page and '<span class="key">team</span>' in page and f'href="{BASE}cars/"' in page
    assert ben.get(f"{BASE}cars/").headers["Location"] == second.get_absolute_url()
    assert "Nothing found" in text_of(ben, f"{BASE}?q=boats") and "cars" in text_of(ben, f"{BASE}?tag=team:vision")


def test_a_version_shows_what_is_known_of_it(people: People, browser: Any) -> None:
    version = make_data(people.workspace, actor=people.ben, description="**good**")
    page = text_of(browser(people.rita), version.get_absolute_url())
    for expected in (
        "azureml:cars:1",
        "<strong>good</strong>",
        "cars.csv",
        version.content_hash[:12],
        "Ben Carver",
        "price",
    ):
        assert expected in page
    consume = text_of(browser(people.rita), version.get_absolute_url() + "consume/")
    for expected in ("path: azureml:cars:1", "pd.read_csv", "pl.scan_csv", "atelier data download cars --version 1"):
        assert expected in consume


def test_a_version_that_failed_says_why_and_can_be_tried_again(people: People, browser: Any) -> None:
    new = services.NewVersion(name="cars", type="uri_file", path="azureml://datastores/default/paths/retry/late.csv")
    version = services.register(actor=people.ben, workspace=people.workspace, new=new)
    assert "are being read" in text_of(browser(people.rita), version.get_absolute_url())
    services.settle(version_id=version.pk)
    page = text_of(browser(people.ben), version.get_absolute_url())
    assert "There is nothing at" in page and "Try again" in page
    assert "Try again" not in text_of(browser(people.rita), version.get_absolute_url())
    assert "none can be read" in text_of(browser(people.rita), BASE)
    put_file(people.workspace, "retry/late.csv", b"a\n1\n")
    browser(people.ben).post(version.get_absolute_url() + "retry/")
    assert services.settle(version_id=version.pk).state == "ready"


def test_the_lineage_shows_runs_and_what_they_made(people: People, browser: Any) -> None:
    version = make_data(people.workspace)
    maker, reader = make_run(people.workspace), make_run(people.workspace)
    model = models.register_version(
        actor=people.ben,
        workspace=people.workspace,
        name="prices",
        new=models.NewVersion(source="s3://elsewhere/model"),
    )
    thing = Thing("data_version", str(version.pk))
    for source, target, verb in (
        (Thing("run", maker.pk), thing, "made"),
        (thing, Thing("run", reader.pk), "read"),
        (Thing("run", reader.pk), Thing("model_version", str(model.pk)), "registered"),
    ):
        lineage.link(workspace=people.workspace, source=source, target=target, verb=verb)
    page = text_of(browser(people.rita), version.get_absolute_url() + "lineage/")
    assert page.index(maker.name) < page.index("This version") < page.index(reader.name) < page.index("prices:1")


def test_words_tags_and_the_archive_are_changed_by_forms(people: People, browser: Any) -> None:
    version = make_data(people.workspace)
    ben, at = browser(people.ben), version.get_absolute_url()
    ben.post(at + "edit/", {"description": "of the *fair*"})
    ben.post(at + "tag/", {"key": "team", "value": "vision"})
    page = text_of(ben, at)
    assert "<em>fair</em>" in page and "vision" in page
    ben.post(at + "tag/", {"key": "team", "remove": "1"})
    ben.post(f"{BASE}cars/edit/", {"description": "All of them", "version": "1"})
    ben.post(at + "archive/")
    version.refresh_from_db()
    assert version.is_archived and version.tags == {} and DataAsset.objects.get().description == "All of them"
    ben.post(at + "archive/", {"restore": "1"})
    assert queries.latest(DataAsset.objects.get()) == version
    ben.post(f"{BASE}cars/archive/", {"version": "1"})
    assert f'href="{BASE}cars/"' not in text_of(ben, BASE)
    assert f'href="{BASE}cars/"' in text_of(ben, f"{BASE}?archived=1")


def test_deleting_asks_nothing_twice_and_names_what_holds_it(people: People, browser: Any, monkeypatch: Any) -> None:
    first, second = make_data(people.workspace), make_data(people.workspace)
    ben = browser(people.ben)
    monkeypatch.setattr("registry.data.assets.uses._asked", [lambda versions: ["The run brisk-otter reads it."]])
    refused = ben.post(second.get_absolute_url() + "delete/", follow=True)
    assert "The run brisk-otter reads it." in refused.content.decode()
    monkeypatch.setattr("registry.data.assets.uses._asked", [])
    assert ben.post(second.get_absolute_url() + "delete/").headers["Location"] == f"{BASE}cars/"
    assert ben.get(f"{BASE}cars/").headers["Location"] == first.get_absolute_url()
    ben.post(f"{BASE}cars/delete/")
    assert not DataVersion.objects.exists()


def test_files_come_one_by_one_and_as_a_zip(people: People, browser: Any) -> None:
    version = make_data(people.workspace, "pets", {"cats/1.png": b"1", "readme.txt": b"hello"})
    rita, at = browser(people.rita), version.get_absolute_url()
    raw = rita.get(at + "raw/", {"path": "readme.txt"})
    assert b"".join(raw.streaming_content) == b"hello" and raw["Content-Disposition"].startswith("attachment")
    assert rita.get(at + "files.zip")["Content-Type"] == "application/zip"
    for path in ("../readme.txt", "", "cats", "a\0b"):
        assert rita.get(at + "raw/", {"path": path}).status_code in (400, 404)


def test_a_reader_is_offered_nothing_to_change(people: People, browser: Any) -> None:
    version = make_data(people.workspace, tags={"a": "b"})
    rita = browser(people.rita)
    for address in (BASE, version.get_absolute_url(), version.get_absolute_url() + "lineage/"):
        text = text_of(rita, address)
        for word in ("New data asset", "New version", "Archive version", 'data-confirm="Delete', "Remove the tag"):
            assert word not in text
    assert rita.get(f"{BASE}new/").status_code == 403
    assert rita.post(version.get_absolute_url() + "archive/").status_code == 403


def test_the_wizard_knows_the_places_and_the_names(people: People, browser: Any) -> None:
    make_data(people.workspace)
    ben = browser(people.ben)
    page = text_of(ben, f"{BASE}new/?datastore=default&path=raw/a.csv")
    assert '"start": {"datastore": "default", "path": "raw/a.csv"}' in page and '"names": ["cars"]' in page
    again = text_of(ben, f"{BASE}new/?name=cars")
    assert "New version" in again and "readonly" in again


def test_what_people_write_is_harmless(people: People, browser: Any) -> None:
    nasty = "<script>alert(1)</script>[x](javascript:alert(1))"
    version = make_data(
        people.workspace, files={"<img src=x>.csv": b"<b>,c\n1,2\n"}, description=nasty, tags={"<i>": "<u>"}
    )
    for part in ("", "consume/", "lineage/"):
        text = text_of(browser(people.rita), version.get_absolute_url() + part)
        for bad in ("<script>alert", "<img src=x", "<i>", "<u>", 'href="javascript', '<code class="wrap-anywhere"><b>'):
            assert bad not in text

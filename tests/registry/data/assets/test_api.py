"""Data assets over REST."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from registry.data.assets import janitor, services
from registry.data.assets.models import DataAsset, DataVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.data import make_data, put_file
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"
CSV = b"make,price\nvolvo,100\nsaab,200\n"
Api = Callable[..., ApiClient]


@pytest.fixture
def rest(api: Api, ben: User) -> ApiClient:
    return api(ben, base=BASE)


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_registering_reading_and_downloading(rest: ApiClient, workspace: Workspace) -> None:
    where = put_file(workspace, "in/api/cars.csv", CSV)
    made = rest.post("data", {"name": "cars", "type": "uri_file", "path": where, "tags": {"team": "vision"}})
    assert made.status_code == 201, made.content
    assert (made.json()["version"], made.json()["state"]) == ("1", "pending")
    services.settle(version_id=DataVersion.objects.get().pk)
    found = rest.get("data/cars/versions/latest").json()
    assert found["state"] == "ready" and found["reference"] == "azureml:cars:1" and found["path"] == where
    assert [column["name"] for column in found["schema"]] == ["make", "price"]
    assert rest.get("data/cars").json()["latest_version"] == "1"
    assert rest.get("data/cars/versions/1/files").json()["results"][0]["path"] == "cars.csv"
    whole = rest.get("data/cars/versions/1/files/cars.csv")
    assert body_of(whole) == CSV and whole["Content-Disposition"].startswith("attachment")
    part = rest.get("data/cars/versions/1/files/cars.csv", headers={"Range": "bytes=5-9"})
    assert part.status_code == 206 and body_of(part) == CSV[5:10]


def test_all_files_come_as_one_zip(rest: ApiClient, workspace: Workspace) -> None:
    make_data(workspace, "pets", {"cats/1.png": b"1", "readme.txt": b"hello"})
    answer = rest.get("data/pets/versions/latest/files.zip")
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"cats/1.png": b"1", "readme.txt": b"hello"}
    listed = rest.get("data/pets/versions/latest/files", {"path": "cats"}).json()["results"]
    assert [one["path"] for one in listed] == ["cats/1.png"]
    assert len(rest.get("data/pets/versions/latest/files", {"recursive": "true"}).json()["results"]) == 2


def test_a_file_that_is_not_what_was_registered_is_no_download(rest: ApiClient, workspace: Workspace) -> None:
    version = make_data(workspace)
    put_file(workspace, version.path, CSV.replace(b"1", b"2"))
    answer = rest.get("data/cars/versions/1/files/cars.csv")
    assert (answer.status_code, answer.json()["code"]) == (409, "data_changed")


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "cars.csv/..", "%2e%2e/x", "nothing.csv"])
def test_no_path_leads_out_of_a_version(rest: ApiClient, workspace: Workspace, path: str) -> None:
    make_data(workspace)
    assert rest.get(f"data/cars/versions/1/files/{path}").status_code in (400, 404)
    assert rest.get("data/cars/versions/1/files", {"path": path}).json()["results"] == []


def test_a_data_yaml_is_taken_as_it_is(rest: ApiClient, workspace: Workspace) -> None:
    where = put_file(workspace, "in/yaml/cars.csv", CSV)
    text = (
        "$schema: https://azuremlschemas.azureedge.net/latest/data.schema.json\nname: cars\nversion: 2026.1\n"
        f"type: uri_file\npath: {where}\ndescription: From the fair.\ntags:\n  raw: true\n  rows: 2\n"
    )
    made = rest.post("data", {"file_name": "data.yml", "text": text})
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["name"], found["version"], found["tags"]) == ("cars", "2026.1", {"raw": "true", "rows": "2"})
    assert rest.post("data", {"file_name": "data.yml", "text": text, "version": "3"}).json()["version"] == "3"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", "line 2: this is no YAML"),
        ("- a", "is a mapping"),
        ("name: cars", "path is missing"),
        ("name: cars\npath: ./local.csv", "upload it first"),
        ("name: cars\npath: x\ntype: csv", "type is one of"),
        ("name: cars\npath: x\ncolour: red", "no key 'colour'"),
        ("name: {a: b}\npath: x", "name is a text"),
        ("name: cars\npath: x\ntags: [a]", "tags is a mapping"),
        ("a: &x 1\nb: *x", "other places"),
        ("path: azureml://datastores/default/paths/x", "name is missing"),
    ],
)
def test_a_wrong_data_yaml_is_refused_with_a_sentence(rest: ApiClient, text: str, words: str) -> None:
    answer = rest.post("data", {"file_name": "data.yml", "text": text})
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    assert not DataAsset.objects.exists()


def test_a_data_yaml_can_be_checked_before_its_files_are_sent(rest: ApiClient) -> None:
    said = rest.post("data-file-check", {"text": "name: cars\ntype: uri_folder\npath: ./cars\n"}).json()
    assert (said["name"], said["path"], said["is_local"]) == ("cars", "./cars", True)


def test_an_upload_is_registered_with_its_folder(rest: ApiClient, workspace: Workspace) -> None:
    folder = rest.post("data-folders", {"name": "cars"}).json()
    put_file(workspace, f"{folder['path']}/cars.csv", CSV)
    seen = rest.post("data-preview", {"folder": folder["path"]}).json()
    assert (seen["rows"], seen["found"]["delimiter"]) == ([["volvo", 100], ["saab", 200]], ",")
    made = rest.post("data", {"name": "cars", "type": "uri_file", "folder": folder["path"]})
    assert made.status_code == 201
    assert services.settle(version_id=DataVersion.objects.get().pk).is_managed
    assert rest.delete("data/cars").status_code == 204
    janitor.remove_released()


def test_repeating_a_registration_with_its_key_makes_one(rest: ApiClient, workspace: Workspace) -> None:
    body = {"name": "cars", "type": "uri_file", "path": put_file(workspace, "in/key/cars.csv", CSV)}
    answers = [rest.post("data", body, headers={"Idempotency-Key": "k1"}).json() for _ in range(2)]
    assert answers[0]["version"] == answers[1]["version"] == "1"
    assert DataVersion.objects.count() == 1


def test_lists_are_narrowed_by_words_type_and_tag(rest: ApiClient, workspace: Workspace) -> None:
    make_data(workspace, "cars", description="From the fair.", tags={"team": "vision"})
    make_data(workspace, "pets", {"a.png": b"1", "b.png": b"2"})
    make_data(workspace, "old")
    services.archive(actor=None, asset=DataAsset.objects.get(name="old"))

    def names(**query: str) -> list[str]:
        return [one["name"] for one in rest.get("data", query).json()["results"]]

    assert names() == ["cars", "pets"]
    assert names(q="fair") == ["cars"] and names(q="FAIR cars") == ["cars"] and names(q="fair pets") == []
    assert names(type="uri_folder") == ["pets"]
    assert names(tag="team") == names(tag="team:vision") == ["cars"] and names(tag="team:other") == []
    assert names(archived="true") == ["old"]
    first = rest.get("data", {"limit": 1}).json()
    assert [one["name"] for one in first["results"]] == ["cars"] and first["next"]


def test_words_tags_and_the_archive(rest: ApiClient, workspace: Workspace) -> None:
    make_data(workspace)
    assert rest.patch("data/cars", {"description": "All cars", "tags": {"a": "b"}}).json()["tags"] == {"a": "b"}
    found = rest.patch("data/cars/versions/1", {"tags": {"c": "d"}, "is_archived": True}).json()
    assert found["is_archived"] and found["tags"] == {"c": "d"}
    assert rest.get("data/cars/versions/latest").status_code == 404
    assert rest.patch("data/cars/versions/1", {"is_archived": False}).json()["is_archived"] is False
    assert rest.patch("data/cars/versions/1", {"path": "x"}).status_code == 400
    assert rest.delete("data/cars/versions/1").status_code == 204


def test_a_preview_reads_as_it_is_told(rest: ApiClient, workspace: Workspace) -> None:
    where = put_file(workspace, "in/preview/a.csv", b"note\nmake;price\nvolvo;1,5\n")
    reading = {"format": "delimited", "delimiter": ";", "skip_rows": 1, "header": True, "decimal": ","}
    seen = rest.post("data-preview", {"path": where, "reading": reading}).json()
    assert [(one["name"], one["type"]) for one in seen["columns"]] == [("make", "string"), ("price", "float")]
    schema = [{"name": "price", "type": "string"}, {"name": "make", "type": "string", "included": False}]
    seen = rest.post("data-preview", {"path": where, "reading": reading, "schema": schema}).json()
    assert seen["rows"] == [["1,5"]]
    picture = put_file(workspace, "in/preview/a.png", b"x")
    answer = rest.post("data-preview", {"path": picture})
    assert (answer.status_code, answer.json()["code"]) == (400, "not_a_table")


@pytest.mark.parametrize(
    "body",
    [
        {"path": "https://169.254.169.254/latest/meta-data/x.csv"},
        {"path": "https://127.0.0.1/x.csv"},
        {"path": "https://localhost:6379/x.csv"},
        {"path": "https://[::1]/x.csv"},
    ],
)
def test_an_address_the_policy_forbids_is_not_called(rest: ApiClient, body: dict[str, Any]) -> None:
    answer = rest.post("data-preview", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "address_refused")
    made = rest.post("data", {"name": "web", "type": "uri_file", **body})
    assert made.status_code in (201, 400)
    if made.status_code == 201:
        settled = services.settle(version_id=DataVersion.objects.get().pk)
        assert settled.state == "failed" and "does not call" in settled.problem


def test_a_reader_looks_and_changes_nothing(api: Api, people: People, workspace: Workspace) -> None:
    make_data(workspace)
    reader = api(people.rita, base=BASE)
    assert reader.get("data/cars/versions/1/files/cars.csv").status_code == 200
    assert reader.post("data", {"name": "x", "path": "azureml:cars:1"}).status_code == 403
    assert reader.patch("data/cars", {"description": "x"}).status_code == 403
    assert reader.delete("data/cars/versions/1").status_code == 403
    assert api(people.stan, base=BASE).get("data").status_code == 404


HOSTILE: list[dict[str, Any]] = [
    {"name": "../../etc"},
    {"name": "a\x00b"},
    {"name": ["x"]},
    {"name": "x", "path": {"$ne": 1}},
    {"name": "x", "path": "azureml://datastores/default/paths/../../../etc/passwd"},
    {"name": "x", "path": "azureml://datastores/default/paths/a\x00"},
    {"name": "x", "path": "file:///etc/passwd"},
    {"name": "x", "folder": "../../etc"},
    {"name": "x", "folder": "data/x/../../y"},
    {"name": "x", "path": "azureml:x:1", "schema": [{"name": "a", "type": "sql; drop"}]},
    {"name": "x", "path": "azureml:x:1", "reading": {"encoding": "x" * 50}},
    {"name": "x", "path": "azureml:x:1", "reading": {"where": "1=1"}},
    {"name": "x", "query": {"datastore": "default", "text": "DROP TABLE x"}},
    {"name": "x", "path": "https://u:p@example.org/x"},
    {"name": "datastores", "path": "azureml:x:1"},
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: json.dumps(body)[:60])
def test_a_hostile_body_is_refused_and_leaves_nothing(rest: ApiClient, body: dict[str, Any]) -> None:
    answer = rest.post("data", body)
    assert answer.status_code in (400, 404)
    assert answer.json()["detail"]
    assert not DataAsset.objects.exists()

"""Datastores over REST: shapes, roles, and that no answer has a credential in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.data.datastores.models import Datastore
from studio.accounts.models import User
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/"
LAKE = {
    "name": "lake", "kind": "s3", "options": {"bucket": "cars", "endpoint": "http://127.0.0.1:9"},
    "credential": {"type": "access_key", "access_key_id": "AKIA", "secret_access_key": "canary-hush"},
}  # fmt: skip

Caller = Callable[..., ApiClient]


@pytest.fixture(autouse=True)
def allowed(settings: Any, tmp_path: Path) -> None:
    settings.DATA_HOSTS = {"127.0.0.1"}
    settings.DATA_DIR = tmp_path / "var"


@pytest.fixture
def client(api: Caller, ben: User) -> ApiClient:
    return api(ben, base=BASE)


@pytest.fixture
def reader(api: Caller, rita: User) -> ApiClient:
    return api(rita, base=BASE)


def test_the_list_begins_with_the_default(reader: ApiClient) -> None:
    (row,) = reader.get("datastores").json()["results"]
    assert (row["name"], row["is_default"], row["kind"], row["version_count"]) == ("default", True, "local_folder", 0)


def test_one_is_registered_seen_changed_and_removed(client: ApiClient, reader: ApiClient) -> None:
    made = client.post("datastores", LAKE)
    assert made.status_code == 201 and made.json()["has_credential"] and made.json()["credential"] == "access_key"
    assert made.json()["where"] == "s3://cars at 127.0.0.1:9"
    changed = client.patch(
        "datastores/lake", {"description": "Raw", "options": {"prefix": "raw"}, "is_read_only": True}
    )
    assert changed.status_code == 200 and changed.json()["options"]["prefix"] == "raw"
    for caller in (client, reader):
        for path in ("datastores", "datastores/lake", "secrets", "events", "activities"):
            assert "canary-hush" not in caller.get(path).content.decode()
    assert client.delete("datastores/lake").status_code == 204
    assert client.get("datastores/lake").status_code == 404


def test_the_text_of_a_file_registers_one(client: ApiClient) -> None:
    text = "name: cars\ntype: azure_blob\naccount_name: mystorage\ncontainer_name: cars\ncredentials:\n  account_key: aHVzaA==\n"
    made = client.post("datastores", {"file_name": "blob.yml", "text": text})
    assert made.status_code == 201 and made.json()["options"] == {"account_name": "mystorage", "container_name": "cars"}
    refused = client.post("datastores", {"file_name": "file.yml", "text": "name: a\ntype: azure_file\n"})
    assert refused.status_code == 400 and "mount" in refused.json()["detail"]


def test_another_default_is_chosen(client: ApiClient) -> None:
    client.post("datastores", LAKE)
    assert client.patch("datastores/lake", {"is_default": True}).json()["is_default"]
    assert not client.get("datastores/default").json()["is_default"]
    assert client.patch("datastores/lake", {"is_default": False}).status_code == 400


def test_a_test_says_what_is_wrong(client: ApiClient) -> None:
    client.post("datastores", LAKE)
    found = client.post("datastores/lake/check").json()
    assert not found["is_working"] and "refused" in found["problem"] and found["problem"].endswith(".")
    assert client.get("datastores/lake").json()["check_problem"] == found["problem"]
    assert client.post("datastores/default/check").json()["is_working"]


def test_a_place_that_is_not_registered_is_tested(client: ApiClient) -> None:
    wanted = {name: value for name, value in LAKE.items() if name != "name"}
    assert not client.post("datastore-check", wanted).json()["is_working"]
    assert client.post("datastore-check", {"kind": "local_folder"}).json()["is_working"]
    assert client.post("datastore-check", {"kind": "s3"}).status_code == 400
    assert not Datastore.objects.exclude(name="default").exists()


def test_the_kinds_say_what_they_need(reader: ApiClient) -> None:
    found = {row["kind"]: row for row in reader.get("datastore-kinds").json()["results"]}
    assert set(found) == {"local_folder", "s3", "azure_blob", "gcs", "sftp", "sql"}
    assert [part["name"] for part in found["s3"]["credentials"][0]["fields"]][:2] == [
        "access_key_id",
        "secret_access_key",
    ]


def test_a_reader_changes_nothing(reader: ApiClient, client: ApiClient) -> None:
    client.post("datastores", LAKE)
    for answer in (
        reader.post("datastores", {**LAKE, "name": "mine"}),
        reader.patch("datastores/lake", {"description": "x"}),
        reader.post("datastores/lake/check"),
        reader.post("datastore-check", {"kind": "local_folder"}),
        reader.delete("datastores/lake"),
    ):
        assert answer.status_code == 403
    assert Datastore.objects.get(name="lake").description == ""


def test_a_stranger_sees_none_of_it(api: Caller, people: People, client: ApiClient) -> None:
    client.post("datastores", LAKE)
    assert api(people.stan, base=BASE).get("datastores/lake").status_code == 404


def test_moving_a_credential_elsewhere_is_refused(client: ApiClient) -> None:
    client.post("datastores", LAKE)
    for options in ({"endpoint": "http://127.0.0.1:9001"}, {"endpoint": ""}):
        answer = client.patch("datastores/lake", {"options": options})
        assert answer.status_code == 400 and answer.json()["code"] == "credential_needed"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"kind": "s3"},
        {"name": "x", "kind": "s3", "options": []},
        {"name": "x", "kind": "s3", "options": {"bucket": {"a": 1}}},
        {"name": "x", "kind": "s3", "options": {"bucket": "cars\x00"}},
        {"name": "x", "kind": "s3", "options": {"bucket": None}},
        {"name": "x", "kind": "s3", "options": {"bucket": "cars", "credential": "none"}, "credential": {"type": "x"}},
        {"name": "x", "kind": "s3", "options": {"bucket": "cars"}, "credential": {"access_key_id": 5}},
        {"name": "x", "kind": "s3", "options": {"bucket": "cars"}, "credential": "hush"},
        {"name": "x", "kind": "sftp", "options": {"host": "127.0.0.1", "user": "u", "port": 10**30}},
        {"name": "x", "kind": "sql", "options": {"engine": ["postgresql"]}},
        {
            "name": "x",
            "kind": "sql",
            "options": {"engine": "postgresql", "host": "127.0.0.1", "database": "d", "user": "u", "port": -1},
        },
        {"name": "x", "kind": "local_folder", "options": {"path": "../../etc"}},
        {"name": "x", "kind": "local_folder", "tags": {"a": 5}},
        {"name": "x", "kind": "gcs", "options": {"bucket": "cars"}, "credential": {"service_account": "{}"}},
        {"text": "\x00"},
        {"text": "- - - -"},
        {"text": "name: x\ntype: [s3]\n"},
        {"text": 5},
    ],
)
def test_bodies_that_cannot_be_get_400_and_a_sentence(client: ApiClient, body: dict[str, Any]) -> None:
    answer = client.post("datastores", body)
    assert answer.status_code == 400 and answer.json()["detail"]
    assert not Datastore.objects.filter(name="x").exists()


def test_the_tables_of_a_folder_are_none(reader: ApiClient) -> None:
    assert reader.get("datastores/default/tables").json()["code"] == "datastore_is_files"


def test_the_same_key_registers_once(client: ApiClient) -> None:
    first = client.post("datastores", LAKE, headers={"Idempotency-Key": "k1"})
    again = client.post("datastores", LAKE, headers={"Idempotency-Key": "k1"})
    assert first.status_code == again.status_code == 201 and first.json()["id"] == again.json()["id"]

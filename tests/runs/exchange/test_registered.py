"""Models from elsewhere over REST: numbers, aliases and stages, once."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.mlmodels.models import ModelVersion
from studio.accounts.models import User
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"
VERSION = {"external_id": "mlflow:digits/3@1600000000000", "number": 3, "source": "s3://bucket/model"}


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User, people: People) -> ApiClient:
    client = api(ben, base=BASE)
    body = {
        "external_id": "mlflow:digits@1",
        "name": "digits",
        "description": "Reads digits.",
        "tags": {"team": "blue"},
    }
    assert client.post("imports/models", body).status_code == 200
    return client


def bring(client: ApiClient, **changes: Any) -> dict[str, Any]:
    response = client.post("imports/models/digits/versions", {**VERSION, **changes})
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_a_version_keeps_its_number_where_it_can_and_comes_once(client: ApiClient) -> None:
    assert bring(client, created_at="2021-03-01T10:00:00Z")["version"] == 3
    again = bring(client, tags={"loss": "0.5"})
    assert (again["version"], again["is_new"]) == (3, False)
    version = ModelVersion.objects.get()
    assert version.created_at.year == 2021
    assert version.tags.get(key="loss").value == "0.5"
    # A number that was given here already is not given twice.
    assert bring(client, external_id="mlflow:digits/2@1", number=2)["version"] == 4


def test_an_address_of_a_disk_is_never_kept(client: ApiClient) -> None:
    for number, source in enumerate(("/etc/passwd", "file:///etc", "runs:/222222222222/model", "../x"), 5):
        bring(client, external_id=f"x:{number}", number=number, source=source)
    sources = set(ModelVersion.objects.values_list("source", flat=True))
    assert sources == {f"import:/x%3A{number}" for number in range(5, 9)}


def test_files_are_taken_for_imported_versions_only(client: ApiClient) -> None:
    bring(client)
    files = "imports/models/digits/versions/3/files/"
    made = client.put(f"{files}MLmodel", b"flavors:\n  sklearn: {}\n", content_type="application/octet-stream")
    assert made.status_code == 201, made.content
    assert bring(client)["files"] == {"MLmodel": 23}
    version = client.get("models/digits/versions/3").json()
    assert (version["flavors"], version["size"]) == (["sklearn"], 23)
    assert client.put(f"{files}../x", b"x", content_type="application/octet-stream").status_code in (400, 404)
    own = client.post("models/digits/versions", {"source": "https://example.org/m"}).json()["version"]
    refused = client.put(f"imports/models/digits/versions/{own}/files/x", b"x", content_type="application/octet-stream")
    assert (refused.status_code, refused.json()["code"]) == (409, "version_not_imported")


@pytest.mark.parametrize(
    "changes",
    [{"external_id": ""}, {"number": 0}, {"stage": "Live"}, {"aliases": ["latest"]}, {"created_at": "yesterday"}],
    ids=str,
)
def test_what_cannot_be_is_refused_and_leaves_nothing(client: ApiClient, changes: dict[str, Any]) -> None:
    response = client.post("imports/models/digits/versions", {**VERSION, **changes})
    assert response.status_code == 400, response.content
    assert not ModelVersion.objects.exists()


def test_an_experiment_keeps_the_description_that_people_gave_it(client: ApiClient) -> None:
    body = {"name": "/My exp: #1 %/x", "description": "Theirs.", "tags": {"team": "blue"}}
    first = client.post("imports/experiments", body).json()
    assert first["path"] == "/My exp: #1 %/x"
    client.patch(f"experiments/{first['id']}", {"description": "Ours."})
    client.post("imports/experiments", {**body, "tags": {"team": "red"}})
    found = client.get(f"experiments/{first['id']}").json()
    assert (found["description"], found["tags"]) == ("Ours.", {"team": "red"})

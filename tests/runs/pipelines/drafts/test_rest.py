from collections.abc import Callable

import pytest

from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.pipelines import make_document, make_pipeline
from tests.people import ApiClient

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/"
Caller = Callable[..., ApiClient]


@pytest.fixture
def client(api: Caller, ben: User) -> ApiClient:
    return api(ben, base=BASE)


def test_a_pipeline_is_made_saved_kept_compared_restored_and_deleted(client: ApiClient) -> None:
    made = client.post("pipelines", {"name": "prices", "document": make_document()}).json()
    assert (made["name"], made["nodes"], made["stamp"], made["last_run"]) == ("prices", 1, 1, None)
    path = f"pipelines/{made['id']}"
    draft = client.get(f"{path}/draft")
    assert draft["ETag"] == '"1"' and draft.json()["saved_by"] == "Ben Carver"
    assert client.post(f"{path}/versions", {"name": "First"}).status_code == 201
    assert client.post(f"{path}/versions", {}).status_code == 200
    document = {**draft.json()["document"], "jobs": {"other": {"command": "true"}}}
    saved = client.put(f"{path}/draft", {"document": document}, headers={"If-Match": draft["ETag"]})
    assert (saved.status_code, saved["ETag"], saved.json()["stamp"]) == (200, '"2"', 2)
    found = client.get(f"{path}/compare", {"a": "1"}).json()["differences"]
    assert [(each["change"], each["node"]) for each in found] == [("removed", "hello"), ("added", "other")]
    assert found[0]["sentence"] == "hello was removed." and found[0]["node_label"] == "hello"
    restored = client.post(f"{path}/versions/1/restore", {"stamp": 2})
    assert restored["ETag"] == '"3"' and list(restored.json()["document"]["jobs"]) == ["hello"]
    assert client.post(f"{path}/clone", {}).json()["name"] == "prices copy"
    assert client.delete(path).status_code == 204
    assert [each["name"] for each in client.get("pipelines").json()["results"]] == ["prices copy"]


def test_a_draft_saved_meanwhile_is_answered_with_who_and_when(
    api: Caller, ada: User, client: ApiClient, workspace: Workspace
) -> None:
    path = f"pipelines/{make_pipeline(workspace).pk}/draft"
    body = {"document": make_document(a={})}
    assert client.put(path, body, headers={"If-Match": '"1"'}).status_code == 200
    refused = api(ada, base=BASE).put(path, {"document": make_document(b={})}, headers={"If-Match": '"1"'})
    assert refused.status_code == 412
    assert (refused.json()["code"], refused.json()["by"], refused.json()["stamp"]) == ("draft_changed", "Ben Carver", 2)
    assert refused.json()["at"].endswith("Z")
    assert client.put(path, body).status_code == 428
    assert client.put(path, body, headers={"If-Match": "*"}).status_code == 400


def test_who_edits_is_only_oneself_where_redis_is_away(client: ApiClient, workspace: Workspace) -> None:
    path = f"pipelines/{make_pipeline(workspace).pk}/presence"
    people = client.post(path, {"page": "p1", "node": "hello"}).json()["people"]
    assert [(each["name"], each["is_you"], each["node"]) for each in people] == [("Ben Carver", True, "hello")]
    assert client.get(path).json() == {"people": []}


def test_a_list_of_pipelines_asks_the_same_number_of_questions_however_long(
    client: ApiClient, workspace: Workspace, django_assert_num_queries: Callable
) -> None:
    for number in range(3):
        make_pipeline(workspace, f"p{number}")
    client.get("pipelines")
    with django_assert_num_queries(5, exact=False):
        assert len(client.get("pipelines").json()["results"]) == 3

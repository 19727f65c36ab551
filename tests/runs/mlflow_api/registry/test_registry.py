"""The registry in MLflow's words."""

import io
from typing import Any

import pytest

from registry.mlmodels.models import ModelVersionFile
from runs.tracking.services import artifacts
from tests.factories import make_run
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
V2 = "/mlflow/vision/api/2.0/mlflow/"


@pytest.fixture
def mlflow(api: Any, people: People) -> ApiClient:
    return api(people.ben, base=V2)  # type: ignore[no-any-return]


def refused(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["error_code"], body["message"]


def register(mlflow: ApiClient, name: str = "digits", **more: Any) -> Any:
    mlflow.post("registered-models/create", {"name": name})
    made = mlflow.post("model-versions/create", {"name": name, "source": "runs:/run_id/model", **more})
    assert made.status_code == 200, made.content
    return made.json()["model_version"]


def test_versions_are_texts_and_times_milliseconds(mlflow: ApiClient) -> None:
    version = register(mlflow, run_id="run_id", tags=[{"key": "a", "value": "b"}])
    assert (version["version"], version["status"], version["current_stage"]) == ("1", "READY", "None")
    assert version["tags"] == [{"key": "a", "value": "b"}]
    assert version["creation_timestamp"] > 1_700_000_000_000
    uri = mlflow.get("model-versions/get-download-uri", {"name": "digits", "version": "1"}).json()
    assert uri == {"artifact_uri": "runs:/run_id/model"}


def test_a_version_takes_over_files_that_belong_to_no_run(mlflow: ApiClient, api: Any, people: People) -> None:
    proxy = api(people.ben, base="/mlflow/vision/api/2.0/mlflow-artifacts/artifacts/")
    for path in ("shelf/a.txt", "shelfware.txt"):
        assert proxy.put(path, b"abc", content_type="application/octet-stream").status_code == 200
    mlflow.post("registered-models/create", {"name": "loose"})
    for source in ("mlflow-artifacts:/shelf", "mlflow-artifacts:"):
        assert mlflow.post("model-versions/create", {"name": "loose", "source": source}).status_code == 200
    files = ModelVersionFile.objects.order_by("version__number", "path")
    assert [(row.version.number, row.path) for row in files] == [(1, "a.txt"), (2, "shelf/a.txt"), (2, "shelfware.txt")]
    mlflow_root = api(people.ben, base="/mlflow/vision/")
    answer = mlflow_root.get("model-versions/get-artifact", {"name": "loose", "version": "1", "path": "a.txt"})
    assert b"".join(answer.streaming_content) == b"abc"


def test_errors_are_said_as_the_client_expects(mlflow: ApiClient) -> None:
    register(mlflow)
    assert refused(mlflow.post("registered-models/create", {"name": "digits"})) == (
        400, "RESOURCE_ALREADY_EXISTS", "Registered Model (name=digits) already exists.",
    )  # fmt: skip
    assert refused(mlflow.get("registered-models/get", {"name": "none"})) == (
        404, "RESOURCE_DOES_NOT_EXIST", "Registered Model with name=none not found",
    )  # fmt: skip
    assert refused(mlflow.get("model-versions/get", {"name": "digits", "version": "x"})) == (
        400, "INVALID_PARAMETER_VALUE", "Parameter 'version' must be an integer, got 'x'.",
    )  # fmt: skip
    assert refused(mlflow.get("registered-models/alias", {"name": "digits", "alias": "none"}))[1:] == (
        "INVALID_PARAMETER_VALUE", "Registered model alias none not found.",
    )  # fmt: skip
    for source in ("/tmp/x", "file:///tmp", "s3a://bucket/../../x", "mlflow-artifacts://host/models/..%2f..%2fx"):
        status, code, message = refused(mlflow.post("model-versions/create", {"name": "digits", "source": source}))
        assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
        assert message.startswith("Invalid model version source")


def test_a_prompt_is_a_model_of_its_own_kind(mlflow: ApiClient) -> None:
    prompt = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    mlflow.post("registered-models/create", {"name": "greet", "tags": prompt})
    text = [*prompt, {"key": "mlflow.prompt.text", "value": "Hi"}]
    made = mlflow.post("model-versions/create", {"name": "greet", "source": "prompt-template", "tags": text})
    assert made.status_code == 200
    assert mlflow.get("registered-models/search").json() == {"registered_models": []}
    found = mlflow.get("registered-models/search", {"filter": "tag.`mlflow.prompt.is_prompt` = 'true'"}).json()
    assert [row["name"] for row in found["registered_models"]] == ["greet"]
    message = refused(mlflow.post("registered-models/create", {"name": "greet"}))[2]
    assert "already taken by a prompt" in message


def test_pages_end_without_a_token(mlflow: ApiClient) -> None:
    for name in ("a", "b", "c"):
        mlflow.post("registered-models/create", {"name": name})
    first = mlflow.get("registered-models/search", {"max_results": 2}).json()
    assert [row["name"] for row in first["registered_models"]] == ["a", "b"]
    token = first["next_page_token"]
    last = mlflow.get("registered-models/search", {"max_results": 2, "page_token": token}).json()
    assert ([row["name"] for row in last["registered_models"]], "next_page_token" in last) == (["c"], False)
    for bad in ("x", "eyJvZmZzZXQiOiAtMX0="):
        assert refused(mlflow.get("registered-models/search", {"page_token": bad}))[0] == 400


def test_latest_versions_and_archiving_stages(mlflow: ApiClient) -> None:
    for _ in range(3):
        register(mlflow)
    for number in ("1", "2"):
        stage = {"name": "digits", "version": number, "stage": "production", "archive_existing_versions": True}
        assert mlflow.post("model-versions/transition-stage", stage).status_code == 200
    latest = mlflow.post("registered-models/get-latest-versions", {"name": "digits"}).json()["model_versions"]
    assert {row["current_stage"]: row["version"] for row in latest} == {
        "Archived": "1", "Production": "2", "None": "3",
    }  # fmt: skip


def test_the_files_of_a_version_are_served_by_the_proxy(mlflow: ApiClient, people: People) -> None:
    run = make_run(people.workspace, created_by=people.ben)
    artifacts.put_artifact(actor=people.ben, run=run, path="model/weights.bin", stream=io.BytesIO(b"\0\1"))
    version = register(mlflow, source=f"runs:/{run.pk}/model")
    uri = mlflow.get("model-versions/get-download-uri", {"name": "digits", "version": "1"}).json()["artifact_uri"]
    assert (version["run_id"], uri.startswith("mlflow-artifacts:/registered-models/")) == (run.pk, True)
    run.delete()
    path = uri.removeprefix("mlflow-artifacts:/")
    found = mlflow.http.get(
        f"/mlflow/vision/api/2.0/mlflow-artifacts/artifacts/{path}/weights.bin",
        headers={"Authorization": f"Bearer {mlflow.token}"},
    )
    assert b"".join(found.streaming_content) == b"\0\1"


def test_webhooks_are_the_owners_and_keep_their_secret(mlflow: ApiClient, api: Any, people: People) -> None:
    body = {
        "name": "ci", "url": "https://93.184.216.34/x", "secret": "s",
        "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}],
    }  # fmt: skip
    assert refused(mlflow.post("webhooks", body))[1] == "PERMISSION_DENIED"
    ada = api(people.ada, base=V2)
    made = ada.post("webhooks", body).json()["webhook"]
    assert "secret" not in made
    assert made["events"] == body["events"]
    changed = ada.patch(f"webhooks/{made['webhook_id']}", {"status": "DISABLED"}).json()["webhook"]
    assert (changed["status"], changed["name"]) == ("DISABLED", "ci")
    assert refused(ada.get("webhooks/nonexistent")) == (
        404, "RESOURCE_DOES_NOT_EXIST", "Webhook with ID nonexistent not found.",
    )  # fmt: skip
    assert refused(ada.post("webhooks", {**body, "events": [{"entity": "X", "action": "Y"}]}))[0] == 400
    assert ada.delete(f"webhooks/{made['webhook_id']}").status_code == 200
    stan = api(people.stan, base="/mlflow/elsewhere/api/2.0/mlflow/")
    assert stan.get("webhooks").json() == {"webhooks": []}


@pytest.mark.parametrize(
    "manual",
    [
        b"[" * 100_000,
        b"a0: &a0 {k: 1}\na1: &a1 {<<: [*a0, *a0]}\nsignature: *a1\n",
        b"signature: !!python/object/apply:os.system [ls]\n",
        b"signature: {inputs: '[" + b"[" * 300 + b"]" * 300 + b"]'}\n",
        b'signature: {inputs: \'["\\ud800", {"name": "\\u0000"}]\'}\n',
        b'signature: {inputs: \'[NaN, {"name": NaN, "type": {"a": [1]}}]\', outputs: 7, params: \'7\'}\n',
        b'signature: {inputs: \'[{"name": [1], "type": {}, "required": {}}, 7, null]\'}\nflavors: [7]\n',
        b"flavors: {7: 8, [1]: 2}\n",
        b"\xff\xfe\x00",
        b"- 1\n" * 100_000,
    ],
)
def test_A41_A54_A55_a_manual_that_is_made_to_hurt_is_a_model_without_one(
    mlflow: ApiClient, people: People, browser: Any, manual: bytes
) -> None:
    run = make_run(people.workspace, with_job=True)
    artifacts.put_artifact(actor=people.ben, run=run, path="model/MLmodel", stream=io.BytesIO(manual))
    mlflow.post("registered-models/create", {"name": "digits"})
    made = mlflow.post("model-versions/create", {"name": "digits", "source": f"runs:/{run.pk}/model"})
    assert made.status_code == 200, made.content
    assert browser(people.rita).get("/w/vision/models/digits/versions/1/").status_code == 200
    assert browser(people.rita).get("/w/vision/models/digits/versions/1/?file=MLmodel").status_code == 200

"""Batch endpoints, deployments and jobs over REST, with the files of Azure's command line."""

from collections.abc import Callable

import pytest

from compute.jobs.tokens import issue
from registry.batch.models import BatchJob
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.batch import (
    SCORE,
    make_batch_deployment,
    make_batch_endpoint,
    make_batch_job,
    make_batch_worker,
)
from tests.factories.compute import make_target
from tests.factories.data import make_data
from tests.factories.endpoints import make_code, make_model_version
from tests.people import ApiClient

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/"
ENDPOINT_FILE = """
$schema: https://azuremlschemas.azureedge.net/latest/batchEndpoint.schema.json
name: heart-classifier-batch
description: A heart condition classifier
auth_mode: aad_token
"""
DEPLOYMENT_FILE = """
$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json
endpoint_name: heart-classifier-batch
name: classifier-xgboost-custom
type: model
model: azureml:heart@latest
code_configuration:
  code: src
  scoring_script: batch_driver.py
compute: azureml:batch-cluster
resources:
  instance_count: 2
settings:
  max_concurrency_per_instance: 2
  mini_batch_size: 2
  output_action: append_row
  output_file_name: predictions.csv
  retry_settings:
    max_retries: 3
    timeout: 300
  error_threshold: -1
  logging_level: info
"""
LEGACY = """
name: old
endpoint_name: heart-classifier-batch
model:
  path: ./model
mini_batch_size: 10
error_threshold: 5
retry_settings: {max_retries: 1}
"""


@pytest.fixture
def caller(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    return api(ben, base=BASE)


@pytest.fixture
def heart(workspace: Workspace) -> None:
    make_target(workspace, name="batch-cluster")
    make_model_version(workspace, "heart")


def test_azures_files_make_an_endpoint_and_a_deployment(caller: ApiClient, workspace: Workspace, heart: None) -> None:
    found = caller.post("batch-endpoints/check", {"file_name": "endpoint.yml", "text": ENDPOINT_FILE}).json()
    assert caller.post("batch-endpoints", found["document"]).status_code == 201
    found = caller.post("batch-endpoints/check", {"file_name": "deployment.yml", "text": DEPLOYMENT_FILE}).json()
    assert found["needs"] == [{"role": "code", "path": "src", "kind": "folder"}]
    body = found["document"]
    body["code_configuration"]["code"] = make_code(workspace, {"batch_driver.py": SCORE}).sha256
    name = body.pop("endpoint_name")
    made = caller.post(f"batch-endpoints/{name}/deployments", body)
    assert made.status_code == 201, made.json()
    said = made.json()
    assert (said["model"], said["compute"], said["is_default"]) == ("heart:1", "batch-cluster", True)
    wanted = {"instance_count": 2, "mini_batch_size": 2, "timeout": 300, "error_threshold": -1, "max_retries": 3}
    assert wanted.items() <= said["settings"].items()
    assert caller.get(f"batch-endpoints/{name}").json()["defaults"] == {"deployment_name": said["name"]}


def test_an_older_file_has_its_settings_beside_the_name(caller: ApiClient) -> None:
    found = caller.post("batch-endpoints/check", {"text": LEGACY}).json()
    settings = {"mini_batch_size": 10, "error_threshold": 5, "retry_settings": {"max_retries": 1}}
    assert found["document"]["settings"] == settings
    assert found["needs"] == [{"role": "model", "path": "./model", "kind": "any"}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: b\nmodel: azureml:m:1\nsettings: {mini_batch_size: 0}", "mini_batch_size is a whole number from 1"),
        ("name: b\nmodel: azureml:m:1\nsettings: {output_action: nothing}", "is no output_action"),
        ("name: b\ntype: pipeline\nmodel: m", "of a pipeline can't be made here"),
        ("name: b\nmodel: azureml:m:1\nsettings: {output_file_name: ../x.csv}", "the name of one file"),
        ("name: b\nmodel: m\nsize: 3", "'size' is no field of a batch deployment"),
        ("name: -x\n", "can't be used for a batch endpoint"),
    ],
)
def test_what_a_file_says_wrongly_is_named(caller: ApiClient, text: str, said: str) -> None:
    refused = caller.post("batch-endpoints/check", {"text": text})
    assert refused.status_code == 400
    assert said in refused.json()["detail"]


def test_an_invocation_makes_a_job_that_can_be_seen_and_canceled(caller: ApiClient, workspace: Workspace) -> None:
    deployment = make_batch_deployment(make_batch_endpoint(workspace))
    make_data(workspace, "hearts", {"a.txt": b"1", "b.txt": b"2", "c.txt": b"3"})
    asked = {"input": {"type": "uri_folder", "path": "azureml:hearts@latest"}, "settings": {"mini_batch_size": 2}}
    made = caller.post("batch-endpoints/nightly/invoke", asked)
    assert made.status_code == 201, made.json()
    said = made.json()
    assert (said["state"], said["deployment_name"]) == ("pending", deployment.name)
    assert said["input"] == {"type": "uri_folder", "path": "azureml:hearts:1"}
    assert [each["id"] for each in caller.get("batch-jobs").json()["results"]] == [said["id"]]
    assert caller.get("batch-endpoints/nightly/jobs").json()["results"][0]["settings"]["mini_batch_size"] == 2
    assert caller.get(f"batch-jobs/{said['id']}").json()["parts"]["waiting"] == 0
    assert caller.post(f"batch-jobs/{said['id']}/cancel", {}).json()["state"] == "canceled"
    assert caller.post(f"batch-jobs/{said['id']}/cancel", {}).json()["code"] == "batch_job_ended"
    assert caller.get(f"batch-jobs/{said['id']}/output").status_code == 404


def test_a_worker_takes_parts_with_its_token_and_others_may_not(
    caller: ApiClient, workspace: Workspace, ben: User
) -> None:
    deployment = make_batch_deployment(make_batch_endpoint(workspace), settings={"mini_batch_size": 2})
    data = make_data(workspace, "hearts", {"a.txt": b"one", "b.txt": b"2", "c.txt": b"3"})
    batch = make_batch_job(deployment, data, actor=ben, splits=True)
    job = make_batch_worker(batch).job
    door = f"jobs/{job.pk}/scoring"
    assert caller.get(door).json()["code"] == "not_the_runner"
    runner = ApiClient(None, issue(job), base=BASE)
    plan = runner.get(door).json()
    assert (plan["mode"], plan["scoring_script"], plan["settings"]["timeout"]) == ("files", "score.py", 30)
    file = plan["model"]["files"][0]
    assert b"".join(runner.get(f"{door}/files/{file['sha256']}").streaming_content) == b"weights"  # type: ignore[attr-defined]
    part = runner.post(f"{door}/take", {}).json()["part"]
    assert (part["number"], part["attempt"], part["items"]) == (0, 1, ["a.txt", "b.txt"])
    bytes_of = runner.get(f"{door}/input?path=a.txt").streaming_content  # type: ignore[attr-defined]
    assert b"".join(bytes_of) == b"one"
    assert runner.get(f"{door}/input?path=../a.txt").status_code == 404
    sent = runner.put(f"{door}/rows", b'"x"\n', content_type="application/octet-stream").json()
    done = {"attempt": 1, "output": sent["sha256"], "row_count": 1, "failed": [{"item": "b.txt", "problem": "torn"}]}
    assert runner.post(f"{door}/parts/0/done", done).status_code == 200
    assert runner.post(f"{door}/parts/0/done", done).status_code == 200  # said again
    assert runner.post(f"{door}/parts/1/keep", {"attempt": 1}).json()["code"] == "stale_part"
    said = caller.get(f"batch-jobs/{batch.pk}").json()
    assert said["items"] == {"total": 3, "done": 1, "failed": 1}
    failed = caller.get(f"batch-jobs/{batch.pk}/items").json()["results"]
    assert failed == [{"part": 0, "item": "b.txt", "problem": "torn"}]


def test_a_worker_that_cannot_load_the_model_fails_the_job(workspace: Workspace, ben: User) -> None:
    deployment = make_batch_deployment(make_batch_endpoint(workspace))
    batch = make_batch_job(deployment, make_data(workspace), actor=ben, splits=True)
    job = make_batch_worker(batch).job
    runner = ApiClient(None, issue(job), base=BASE)
    sent = {"problem": "score.py can't be imported: no module named torch"}
    assert runner.post(f"jobs/{job.pk}/scoring/problem", sent).status_code == 200
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == (BatchJob.State.FAILED, sent["problem"])
    job.refresh_from_db()
    assert job.cancel_requested_at is not None

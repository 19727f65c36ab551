"""Submitting over REST: checked first, then everything or nothing."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from compute.jobs.models import Job
from compute.targets.models import ComputeTarget
from registry.environments.models import Environment
from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity
from studio.storage import folders
from tests.factories import make_target
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"
JOB = """\
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
display_name: first-light
experiment_name: vision/digits
code: src
command: python train.py --lr ${{inputs.lr}} --data ${{inputs.table}}
inputs:
  lr: 0.1
  table:
    type: uri_file
    path: data/table.csv
environment: requirements.txt
compute: local
tags: {team: blue}
limits: {timeout: 15m}
queue_settings: {priority: High}
"""


@pytest.fixture
def target(people: People) -> ComputeTarget:
    return make_target(None, name="local", slots=2)


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User, target: ComputeTarget) -> ApiClient:
    return api(ben, base=BASE)


def zip_of(files: dict[str, bytes]) -> tuple[str, bytes]:
    """A snapshot's digest and zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    lines = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {len(data)}  {path}\n" for path, data in sorted(files.items())
    )
    return hashlib.sha256(lines.encode()).hexdigest(), target.getvalue()


def send_parts(client: ApiClient) -> dict[str, Any]:
    """What JOB needs, uploaded: the body's parts."""
    digest, data = zip_of({"train.py": b"print('hi')\n", "lib/model.py": b"x = 1\n"})
    table = b"a,b\n1,2\n"
    table_digest = hashlib.sha256(table).hexdigest()
    assert client.put(f"snapshots/{digest}", data, content_type="application/zip").status_code == 201
    assert client.put(f"blobs/{table_digest}", table, content_type="application/octet-stream").status_code == 201
    return {"snapshot": digest, "inputs": {"table": table_digest}, "files": {"requirements.txt": "numpy==2.1\n"}}


def submit(client: ApiClient, **changes: Any) -> Any:
    return client.post("runs", {"file_name": "job.yml", "text": JOB, **send_parts(client), **changes})


def test_checking_tells_the_job_and_the_paths_it_needs(client: ApiClient) -> None:
    answer = client.post("runs/check", {"file_name": "a/job.yml", "text": JOB, "set": {"inputs.lr": "0.5"}}).json()
    assert answer["job"]["inputs"]["lr"] == 0.5
    assert {(need["role"], need["path"], need["kind"]) for need in answer["needs"]} == {
        ("code", "src", "folder"),
        ("input", "data/table.csv", "file"),
        ("text", "requirements.txt", "file"),
    }
    assert not Run.objects.exists()


def test_a_dockerfiles_folder_is_asked_for_and_goes_with_the_job(client: ApiClient, workspace: Workspace) -> None:
    make_target(workspace, name="box", kind="docker")
    text = "command: python -V\ncompute: box\nenvironment:\n  build: {path: docker}\n"
    answer = client.post("runs/check", {"file_name": "job.yml", "text": text})
    assert [need["role"] for need in answer.json()["needs"]] == ["build"], answer.json()
    _, data = zip_of({"Dockerfile": b"FROM python:3.11-slim\n"})
    folder = folders.store(workspace=workspace, stream=io.BytesIO(data))
    made = client.post("runs", {"text": text, "build_context": folder.sha256})
    assert made.status_code == 201, made.content
    environment = Run.objects.get(pk=made.json()["id"]).environment
    assert environment is not None
    assert (environment.kind, environment.context) == ("dockerfile", folder)


def test_submitting_makes_run_job_parameters_environment_and_activity_at_once(client: ApiClient) -> None:
    response = submit(client, git={"commit": "abc", "remote": "https://me:secret@host/r.git", "dirty": True})
    assert response.status_code == 201, response.content
    run = Run.objects.get(pk=response.json()["id"])
    assert (run.state, run.name, run.experiment.path) == ("queued", "first-light", "vision/digits")
    assert run.git == {"commit": "abc", "remote": "https://host/r.git", "dirty": True}
    assert run.command == "python train.py --lr 0.1 --data ${{inputs.table}}"
    job = run.job
    assert job is not None
    assert (job.state, job.priority, job.spec["timeout_seconds"]) == ("queued", 10, 900)
    assert job.spec["inputs"]["table"]["digest"] and job.spec["inputs"]["lr"]["value"] == 0.1
    assert job.spec["environment"]["packages"] == ["numpy==2.1"]
    assert dict(run.params.values_list("key", "value")) == {"lr": "0.1"}
    assert dict(run.tags.values_list("key", "value")) == {"team": "blue"}
    assert Activity.objects.get(subject=run.subject).state == "pending"


def test_the_same_idempotency_key_gives_the_same_run(client: ApiClient) -> None:
    parts = send_parts(client)
    body = {"file_name": "job.yml", "text": JOB, **parts}
    first = client.post("runs", body, headers={"Idempotency-Key": "k1"}).json()
    again = client.post("runs", body, headers={"Idempotency-Key": "k1"}).json()
    assert first["id"] == again["id"]
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"snapshot": ""}, "snapshot"),
        ({"snapshot": "0" * 64}, "snapshot"),
        ({"inputs": {}}, "inputs.table"),
        ({"files": {}}, "environment"),
        ({"set": {"compute": "locl"}}, "compute"),
        ({"set": {"experiment_name": "../up"}}, "experiment"),
        ({"set": {"tags.a": "\x00"}}, None),
    ],
)
def test_nothing_is_made_when_a_part_is_missing_or_wrong(client: ApiClient, change: dict[str, Any], field: str) -> None:
    response = submit(client, **change)
    assert response.status_code == 400, response.content
    if field:
        assert field in {error["field"] for error in response.json()["errors"]}
    assert not Run.objects.exists()
    assert not Job.objects.exists()
    assert not Experiment.objects.exists()
    assert not Environment.objects.exists()


def test_a_job_file_that_is_not_yaml_is_refused_with_line_and_column(client: ApiClient) -> None:
    response = client.post("runs", {"file_name": "x/job.yml", "text": "command: [python\nx: 1: 2\n"})
    assert response.status_code == 400
    body = response.json()
    assert body["code"] == "invalid_job_file"
    assert body["detail"].startswith("job.yml:2:")
    assert not Run.objects.exists()


def test_a_job_as_an_object_is_taken_as_well(client: ApiClient) -> None:
    response = client.post("runs", {"job": {"command": "echo hi", "inputs": {"n": 3}}})
    assert response.status_code == 201, response.content
    assert response.json()["params"] == {"n": "3"}
    assert response.json()["experiment"] == "Default"


def test_a_clone_keeps_code_environment_and_inputs_and_takes_new_values(client: ApiClient) -> None:
    first = submit(client).json()
    response = client.post(f"runs/{first['id']}/clone", {"set": {"inputs.lr": "0.01"}})
    assert response.status_code == 201, response.content
    clone = response.json()
    assert clone["cloned_from"] == first["id"]
    assert clone["params"] == {"lr": "0.01"}
    assert (clone["snapshot"], clone["environment"]) == (first["snapshot"], first["environment"])
    assert clone["state"] == "queued"


def test_a_clone_with_an_unknown_input_is_refused(client: ApiClient) -> None:
    first = submit(client).json()
    response = client.post(f"runs/{first['id']}/clone", {"set": {"comand": "x"}})
    assert response.status_code == 400
    assert "Did you mean 'command'" in response.json()["detail"]
    assert Run.objects.count() == 1


def test_a_reader_may_not_submit(api: Callable[..., ApiClient], rita: User, target: ComputeTarget) -> None:
    response = api(rita, base=BASE).post("runs", {"job": {"command": "echo hi"}})
    assert response.status_code == 403
    assert "run:submit" in response.json()["detail"]


def test_a_digest_of_another_workspace_does_not_exist_here(
    client: ApiClient, api: Callable[..., ApiClient], stan: User, workspace: Workspace
) -> None:
    digest, data = zip_of({"train.py": b"secret"})
    foreign = api(stan, base="/api/v1/workspaces/elsewhere/")
    assert foreign.put(f"snapshots/{digest}", data, content_type="application/zip").status_code == 201
    assert client.head(f"snapshots/{digest}").status_code == 404
    response = client.post("runs", {"job": {"command": "cat train.py", "code": "src"}, "snapshot": digest})
    assert response.status_code == 400


def test_ten_megabytes_of_json_are_refused_and_make_nothing(client: ApiClient) -> None:
    response = client.post("runs", '{"text": "' + "x" * 10_000_000 + '"}')
    assert response.status_code == 413
    assert response.json()["hint"]
    assert not Run.objects.exists()


def test_A88_a_deep_job_is_refused(client: ApiClient) -> None:
    deep = '{"job": {"command": "x", "tags": ' + '{"a":' * 50 + "1" + "}" * 50 + "}}"
    assert client.post("runs", deep).status_code == 400
    assert client.post("runs", '{"job": ' + "[" * 3000 + "]" * 3000 + "}").status_code == 400
    assert not Run.objects.exists()


@pytest.mark.parametrize("body", [{}, {"text": "command: x", "job": {"command": "x"}}, {"job": []}, {"job": {}}])
def test_A93_neither_and_both_are_refused(client: ApiClient, body: dict[str, Any]) -> None:
    assert client.post("runs", body).status_code == 400
    assert not Run.objects.exists()


def test_a_run_of_a_script_outside_can_not_be_cloned(client: ApiClient) -> None:
    run_id = client.post("runs/start", {}).json()["id"]
    response = client.post(f"runs/{run_id}/clone", {})
    assert response.status_code == 409
    assert response.json()["code"] == "not_clonable"


def test_a_prepared_run_waits_until_it_is_submitted(client: ApiClient) -> None:
    body = client.post("runs", {"job": {"command": "echo hi"}, "submit": False}).json()
    assert body["state"] == "created"
    assert client.post(f"runs/{body['id']}/submit").json()["state"] == "queued"
    assert client.post(f"runs/{body['id']}/submit").status_code == 409


def test_a_failing_queue_leaves_no_half_made_run(client: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from compute.jobs import services as jobs

    def refuse(**_: Any) -> None:
        raise RuntimeError("the machine stopped here")

    monkeypatch.setattr(jobs, "enqueue", refuse)
    with pytest.raises(RuntimeError):
        client.post("runs", {"job": {"command": "echo hi", "experiment_name": "new/one"}})
    assert not Run.objects.exists()
    assert not Job.objects.exists()
    assert not Experiment.objects.exists()

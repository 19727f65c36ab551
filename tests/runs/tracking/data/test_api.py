"""What a job's own runner may read and write of data, and nobody else."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from compute.jobs import services as jobs
from compute.jobs import tokens
from compute.jobs.models import Job, JobState
from registry.data.assets import queries
from registry.data.assets.models import DataVersion, ManagedFolder
from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from runs.tracking.data import tasks
from runs.tracking.data.models import OutputFile, RunOutput
from runs.tracking.models import Run
from runs.tracking.services import submit
from tests.factories import make_target
from tests.factories.data import make_data, put_file
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"
TEXT = """\
command: cat x
inputs:
  cars: azureml:cars@latest
  raw: {path: 'azureml://datastores/default/paths/raw/'}
  lr: 0.1
outputs:
  clean: {name: clean-cars}
  one: {type: uri_file, path: 'azureml://datastores/default/paths/out/one.csv'}
"""


@pytest.fixture
def run(people: People) -> Run:
    make_target(None, name="local")
    make_data(people.workspace, "cars")
    put_file(people.workspace, "raw/a.csv", b"0123456789")
    put_file(people.workspace, "secret.csv", b"never")
    return submit_as(people, TEXT)


def submit_as(people: People, text: str) -> Run:
    run = submit.submit_file(actor=people.ben, workspace=people.workspace, file_name="d/job.yml", text=text)
    Job.objects.filter(pk=run.job_id).update(state=JobState.RUNNING, attempt=1)
    Run.objects.filter(pk=run.pk).update(state="running")
    return Run.objects.select_related("job__workspace", "workspace").get(pk=run.pk)


@pytest.fixture
def runner(run: Run, api: Callable[..., ApiClient]) -> ApiClient:
    assert run.job is not None
    return api(None, tokens.issue(run.job), base=f"{BASE}jobs/{run.job_id}/")


def put(runner: ApiClient, path: str, data: bytes, **headers: str) -> HttpResponse:
    told = {"X-Attempt": "1", "X-Content-SHA256": hashlib.sha256(data).hexdigest(), **headers}
    return runner.request("put", path, data, content_type="application/octet-stream", headers=told)


def finish(run: Run, exit_code: int) -> None:
    job = Job.objects.get(pk=run.job_id)
    jobs.finish(job=job, attempt=1, exit_code=exit_code, reason="exit")


def body(response: HttpResponse) -> bytes:
    return b"".join(response)  # type: ignore[arg-type]


def test_files_are_listed_and_given_in_ranges(runner: ApiClient) -> None:
    listed = runner.request("get", "inputs/cars/files").json()["results"]
    assert [(file["path"], file["size"]) for file in listed] == [("cars.csv", 30)]
    whole = runner.request("get", "inputs/cars/files/cars.csv")
    assert hashlib.sha256(body(whole)).hexdigest() == listed[0]["sha256"]
    part = runner.request("get", "inputs/raw/files/a.csv", headers={"Range": "bytes=4-"})
    assert (part.status_code, body(part)) == (206, b"456789")
    stale = runner.request("get", "inputs/raw/files/a.csv", headers={"Range": "bytes=4-", "If-Range": '"other"'})
    assert (stale.status_code, body(stale)) == (200, b"0123456789")


def test_many_files_come_in_pages(runner: ApiClient, people: People) -> None:
    for name in "bcde":
        put_file(people.workspace, f"raw/{name}.csv", b"x")
    first = runner.request("get", "inputs/raw/files", {"limit": 2}).json()
    assert [file["path"] for file in first["results"]] == ["a.csv", "b.csv"]
    assert "cursor=2" in first["next"]
    last = runner.request("get", "inputs/raw/files", {"limit": 2, "cursor": 4}).json()
    assert ([file["path"] for file in last["results"]], last["next"]) == (["e.csv"], None)


@pytest.mark.parametrize("path", [
    "inputs/other/files", "inputs/lr/files", "inputs/lr/files/x", "inputs/raw/files/none.csv", "inputs/cars/files/none.csv",
])  # fmt: skip
def test_what_the_job_does_not_name_is_not_there(runner: ApiClient, path: str) -> None:
    assert runner.request("get", path).status_code == 404


@pytest.mark.parametrize("path", ["../secret.csv", "%2e%2e/secret.csv", "x/../../secret.csv", "/etc/passwd"])
def test_nothing_beside_an_input_is_given(runner: ApiClient, path: str) -> None:
    assert runner.request("get", f"inputs/raw/files/{path}").status_code in (400, 404)


def test_another_job_and_a_person_get_nothing(
    run: Run, runner: ApiClient, people: People, api: Callable[..., ApiClient]
) -> None:
    other = submit_as(people, "command: x\n")
    assert other.job is not None
    stranger = api(None, tokens.issue(other.job), base=f"{BASE}jobs/{run.job_id}/")
    assert stranger.request("get", "inputs/cars/files").status_code == 403
    assert put(stranger, "outputs/clean/files/x.csv", b"x").status_code in (403, 404)
    for person, status in ((people.ada, 403), (people.stan, 404)):
        assert api(person, base=f"{BASE}jobs/{run.job_id}/").request("get", "inputs/cars/files").status_code == status
    assert not OutputFile.objects.exists()


def test_an_output_is_registered_when_the_run_completes_and_not_before(
    run: Run, runner: ApiClient, people: People
) -> None:
    data = b"make,price\nvolvo,100\n"
    assert put(runner, "outputs/clean/files/a/b.csv", data).json()["size"] == len(data)
    told = {"attempt": 1, "count": 1, "size": len(data)}
    assert runner.request("post", "outputs/clean/complete", told).json()["state"] == "whole"
    assert runner.request("post", "outputs/clean/complete", told).status_code == 200
    assert put(runner, "outputs/clean/files/late.csv", b"x").status_code == 409
    assert DataVersion.objects.filter(asset__name="clean-cars").count() == 0
    finish(run, 0)
    version = queries.resolve(people.workspace, "azureml:clean-cars:1")
    assert (version.state, version.run_id, version.is_managed) == ("ready", run.pk, True)
    assert ManagedFolder.objects.get(path=f"azureml/{run.pk}/clean").version == version
    assert put(runner, "outputs/clean/files/more.csv", b"x").status_code in (403, 409)


def test_a_run_that_ends_otherwise_leaves_nothing_half_made(run: Run, runner: ApiClient, people: People) -> None:
    assert put(runner, "outputs/clean/files/a.csv", b"a\n1\n").status_code == 200
    assert put(runner, "outputs/one/files/one.csv", b"a\n").status_code == 200
    store = opening.file_store(datastores.ensure_default(people.workspace))
    assert store.stat("out/one.csv") is not None
    finish(run, 1)
    tasks.drop_left()
    assert store.stat("out/one.csv") is None
    assert store.stat(f"azureml/{run.pk}/clean/a.csv") is None
    assert {output.state for output in RunOutput.objects.all()} == {"dropped"}
    assert not OutputFile.objects.exists()
    assert DataVersion.objects.filter(asset__name="clean-cars").count() == 0


def test_a_file_that_was_there_before_is_not_removed_with_the_run(run: Run, runner: ApiClient, people: People) -> None:
    put_file(people.workspace, "out/one.csv", b"older")
    assert put(runner, "outputs/one/files/one.csv", b"newer").status_code == 200
    finish(run, 1)
    tasks.drop_left()
    store = opening.file_store(datastores.ensure_default(people.workspace))
    assert store.stat("out/one.csv") is not None


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"headers": {"X-Attempt": "2"}}, 409, "stale_attempt"),
    ({"headers": {"X-Attempt": "x"}}, 400, "bad_parameter"),
    ({"headers": {"X-Content-SHA256": "0" * 64}}, 400, "checksum_differs"),
    ({"path": "outputs/clean/files/../up.csv"}, 400, "unsafe_path"),
    ({"path": "outputs/none/files/x.csv"}, 404, "not_found"),
])  # fmt: skip
def test_what_can_not_be_stored_changes_nothing(
    run: Run, runner: ApiClient, people: People, change: dict[str, Any], status: int, code: str
) -> None:
    answer = put(runner, change.get("path", "outputs/clean/files/x.csv"), b"data", **change.get("headers", {}))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    store = opening.file_store(datastores.ensure_default(people.workspace))
    assert store.stat(f"azureml/{run.pk}/clean/x.csv") is None


def test_an_output_whose_files_are_missing_is_not_complete(runner: ApiClient) -> None:
    put(runner, "outputs/clean/files/a.csv", b"abc")
    for told in ({"count": 2, "size": 3}, {"count": 1, "size": 4}, {"count": 0, "size": 0}):
        answer = runner.request("post", "outputs/clean/complete", {"attempt": 1, **told})
        assert (answer.status_code, answer.json()["code"]) == (409, "output_incomplete")


def test_two_runs_register_the_same_name_and_both_are_whole(
    run: Run, runner: ApiClient, people: People, api: Any
) -> None:
    second = submit_as(people, TEXT)
    assert second.job is not None
    other = api(None, tokens.issue(second.job), base=f"{BASE}jobs/{second.job_id}/")
    for client, one, data in ((runner, run, b"a\n1\n"), (other, second, b"a\n2\n")):
        put(client, "outputs/clean/files/x.csv", data)
        client.request("post", "outputs/clean/complete", {"attempt": 1, "count": 1, "size": len(data)})
        finish(one, 0)
    found = DataVersion.objects.filter(asset__name="clean-cars").order_by("number")
    assert [(version.version, version.run_id) for version in found] == [("1", run.pk), ("2", second.pk)]

"""Runs that MLflow opens are ordinary runs, and runs of ours read well through MLflow."""

import pytest

from compute.jobs import tokens
from runs.tracking.models import Run, RunState
from runs.tracking.services import lifecycle
from studio.activity.models import Activity, Event
from tests.factories import make_experiment, make_run
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db


def tags_of(answer: dict) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in answer["run"]["data"]["tags"]}


def test_a_run_opened_by_mlflow_is_an_ordinary_run(mlflow, people: People) -> None:
    tags = {
        "mlflow.user": "ben",
        "mlflow.note.content": "What it is about",
        "mlflow.source.name": "train.py",
        "mlflow.source.git.commit": "abc",
        "mlflow.source.git.repoURL": "https://ben:secret@example.org/repo",
        "team": "blue",
    }
    pairs = [{"key": key, "value": value} for key, value in tags.items()]
    answer = mlflow("runs/create", experiment_id="0", run_name="digits", start_time="456", tags=pairs)
    run = Run.objects.get()
    assert (run.name, run.description, run.source, run.job, run.state) == (
        "digits", "What it is about", "mlflow", None, RunState.RUNNING,
    )  # fmt: skip
    assert run.created_at == run.started_at
    assert (run.command, run.git) == ("train.py", {"commit": "abc", "remote": "https://example.org/repo"})
    info = answer["run"]["info"]
    assert (info["run_id"], info["run_uuid"], info["status"], info["start_time"]) == (run.pk, run.pk, "RUNNING", 456)
    assert info["artifact_uri"] == f"mlflow-artifacts:/0/{run.pk}/artifacts"
    assert "end_time" not in info
    shown = tags_of(answer)
    assert shown["mlflow.runName"] == "digits"
    assert shown["mlflow.source.git.repoURL"] == "https://example.org/repo"
    assert {key: shown[key] for key in ("mlflow.user", "mlflow.note.content", "team")} == {
        key: tags[key] for key in ("mlflow.user", "mlflow.note.content", "team")
    }
    assert Activity.objects.get().state == Activity.State.RUNNING
    assert Event.objects.filter(verb="run.started").exists()


def test_the_answer_to_opening_a_run_is_what_reading_it_gives(mlflow, people: People) -> None:
    pairs = [
        {"key": key, "value": key}
        for key in ("zeta", "mlflow.user", "alpha", "mlflow.source.git.commit", "mlflow.note.content")
    ]
    for given in ({"run_name": "digits", "start_time": 1_700_000_000_123, "tags": pairs}, {}):
        made = mlflow("runs/create", experiment_id="0", **given)["run"]
        read = mlflow("runs/get", run_id=made["info"]["run_id"])["run"]
        assert made == read


def test_a_run_of_ours_answers_with_the_tags_that_say_the_same(mlflow, people: People) -> None:
    experiment = make_experiment(people.workspace, "vision/digits")
    run = make_run(
        people.workspace, experiment=experiment, with_job=True, state="running", created_by=people.ben, source="job",
        name="brisk-otter", description="A try", command="python train.py", git={"commit": "abc", "dirty": True},
    )  # fmt: skip
    answer = mlflow("runs/get", run_id=run.pk)
    assert tags_of(answer) == {
        "mlflow.runName": "brisk-otter",
        "mlflow.note.content": "A try",
        "mlflow.user": "ben@example.org",
        "mlflow.source.type": "JOB",
        "mlflow.source.name": "python train.py",
        "mlflow.source.git.commit": "abc",
        "mlflow.source.git.dirty": "True",
    }
    assert answer["run"]["info"]["experiment_id"] == str(experiment.pk)


def test_a_parent_becomes_the_parent_and_what_is_no_run_stays_a_tag(mlflow, open_run) -> None:
    top = open_run()
    child = open_run(tags=[{"key": "mlflow.parentRunId", "value": top}])
    lost = open_run(tags=[{"key": "mlflow.parentRunId", "value": "7"}])
    assert Run.objects.get(pk=child).parent_id == top
    assert tags_of(mlflow("runs/get", run_id=child))["mlflow.parentRunId"] == top
    assert tags_of(mlflow("runs/get", run_id=lost))["mlflow.parentRunId"] == "7"
    mlflow("runs/set-tag", run_id=top, key="mlflow.parentRunId", value=child)
    assert Run.objects.get(pk=top).parent_id is None  # no circle


def test_a_status_ends_a_run_and_another_opens_it_again(mlflow, open_run) -> None:
    run_id = open_run()
    for status, state in (("FINISHED", "completed"), ("RUNNING", "running"), ("KILLED", "canceled"), (4, "failed")):
        answer = mlflow("runs/update", run_id=run_id, status=status, end_time=1_760_000_100_000)
        assert Run.objects.get(pk=run_id).state == state
    assert answer["run_info"]["status"] == "FAILED"
    assert answer["run_info"]["end_time"] == 1_760_000_100_000
    assert Activity.objects.order_by("-pk")[0].state in Activity.FINAL


def test_what_a_client_says_of_a_run_with_a_job_is_heard_and_changes_nothing(mlflow, people: People) -> None:
    run = make_run(people.workspace, with_job=True, state="running")
    answer = mlflow("runs/update", run_id=run.pk, status="FINISHED", run_name="renamed")
    run.refresh_from_db()
    assert (run.state, run.name) == ("running", "renamed")
    assert answer["run_info"]["status"] == "RUNNING"


def test_stopping_a_run_that_nobody_runs_marks_it_canceled(open_run, people: People) -> None:
    run = lifecycle.stop_run(actor=people.ben, run=Run.objects.get(pk=open_run()))
    assert run.state == RunState.CANCELED
    assert run.ended_at is not None


def test_a_run_goes_into_the_trash_and_comes_back(mlflow, raw, open_run) -> None:
    run_id = open_run()
    mlflow("runs/delete", run_id=run_id)
    assert mlflow("runs/get", run_id=run_id)["run"]["info"]["lifecycle_stage"] == "deleted"
    refused = raw("runs/log-metric", run_id=run_id, key="loss", value=1, timestamp=1)
    assert refused.json()["message"] == (f"The run {run_id} must be in the 'active' state. Current state is deleted.")
    mlflow("runs/restore", run_id=run_id)
    assert mlflow("runs/get", run_id=run_id)["run"]["info"]["lifecycle_stage"] == "active"


def test_search_finds_by_metric_and_pages(mlflow, open_run) -> None:
    ids = sorted(open_run(start_time=1) for _ in range(5))
    for number, run_id in enumerate(ids):
        mlflow("runs/log-metric", run_id=run_id, key="acc", value=number / 10, timestamp=1)
    found = mlflow("runs/search", experiment_ids=["0"], filter="metrics.acc >= 0.3")
    assert [run["info"]["run_id"] for run in found["runs"]] == ids[3:]
    first = mlflow("runs/search", experiment_ids=["0"], max_results=3)
    rest = mlflow("runs/search", experiment_ids=["0"], max_results=3, page_token=first["next_page_token"])
    assert [run["info"]["run_id"] for run in first["runs"] + rest["runs"]] == ids
    assert "next_page_token" not in rest
    ordered = mlflow("runs/search", experiment_ids=["0"], order_by=["metrics.acc DESC"])
    assert [run["info"]["run_id"] for run in ordered["runs"]] == ids[::-1]
    assert mlflow("runs/search", experiment_ids=["999"]) == {"runs": []}


def test_a_job_s_script_logs_into_its_run_and_its_new_runs_hang_below(people: People) -> None:
    own = make_run(people.workspace, with_job=True, state="running", created_by=people.ben)
    other = make_run(people.workspace, state="running")
    client = ApiClient(None, tokens.issue(own.job), base="/mlflow/vision/api/2.0/mlflow/")
    point = {"key": "loss", "value": 1.0, "timestamp": 1}
    assert client.post("runs/log-metric", {"run_id": own.pk, **point}).status_code == 200
    made = client.post("runs/create", {"experiment_id": "0", "start_time": 1}).json()["run"]["info"]["run_id"]
    below = [{"key": "mlflow.parentRunId", "value": made}]
    deeper = client.post("runs/create", {"experiment_id": "0", "tags": below}).json()["run"]["info"]["run_id"]
    assert Run.objects.get(pk=made).parent_id == own.pk
    for run_id in (made, deeper):
        assert client.post("runs/log-metric", {"run_id": run_id, **point}).status_code == 200
    assert client.post("runs/log-metric", {"run_id": other.pk, **point}).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("runs/update", {"status": "NOPE"}, "Invalid value"),
        ("runs/create", {"experiment_id": "x"}, "Invalid experiment ID 'x'"),
        (
            "runs/create",
            {"experiment_id": "0", "start_time": "soon"},
            "Invalid value \"soon\" for parameter 'start_time'",
        ),
        ("runs/search", {"experiment_ids": ["0"], "max_results": 123456789}, "Invalid value 123456789"),
        ("runs/search", {"experiment_ids": "0"}, "Invalid value \"0\" for parameter 'experiment_ids'"),
        ("runs/search", {"experiment_ids": ["0"], "filter": "metrics.a ="}, "position"),
        ("runs/search", {"experiment_ids": ["0"], "page_token": "x"}, "Invalid page token"),
    ],
)
def test_what_can_t_be_read_is_refused_in_mlflow_s_words(raw, open_run, path: str, body: dict, message: str) -> None:
    response = raw(path, run_id=open_run(), **body) if path == "runs/update" else raw(path, **body)
    assert response.status_code == 400
    assert response.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert message in response.json()["message"]

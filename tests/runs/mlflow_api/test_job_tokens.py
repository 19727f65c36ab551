"""What the token of a running job may do by MLflow's addresses and by imports: its own, and nothing of others."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from compute.jobs import tokens
from compute.jobs.models import Job, JobState
from registry.mlmodels.models import ModelAlias, ModelVersion, RegisteredModel
from runs.logged_models.models import LoggedModel
from runs.traces.models import Trace
from runs.tracking.models import Experiment, Run
from runs.tracking.services import artifacts
from tests.factories import make_experiment, make_run
from tests.factories.traces import make_trace
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
V2 = "/mlflow/vision/api/2.0/mlflow/"
REST = "/api/v1/workspaces/vision/"


@pytest.fixture
def experiment(people: People) -> Experiment:
    return make_experiment(people.workspace, "vision/digits")


@pytest.fixture
def own(people: People, experiment: Experiment) -> Run:
    run = make_run(people.workspace, experiment=experiment, with_job=True, created_by=people.ben)
    Job.objects.filter(pk=run.job_id).update(state=JobState.RUNNING, attempt=1)
    run.refresh_from_db()
    artifacts.put_artifact(actor=people.ben, run=run, path="model/MLmodel", stream=io.BytesIO(b"flavors: {}"))
    return run


@pytest.fixture
def other(people: People, experiment: Experiment) -> Run:
    return make_run(
        people.workspace, experiment=experiment, with_job=True, created_by=people.ben, external_id="elsewhere-1"
    )


@pytest.fixture
def job(own: Run) -> Callable[[str], ApiClient]:
    token = tokens.issue(Job.objects.get(pk=own.job_id))
    return lambda base: ApiClient(None, token, base=base)


@pytest.fixture
def theirs(people: People, other: Run) -> ModelVersion:
    """A version that somebody registered, with an alias."""
    person = ApiClient(people.ben, base=V2)
    person.post("registered-models/create", {"name": "digits"})
    person.post("model-versions/create", {"name": "digits", "source": f"runs:/{other.pk}/model"})
    person.post("registered-models/alias", {"name": "digits", "alias": "champion", "version": "1"})
    return ModelVersion.objects.get()


def test_a_job_registers_and_labels_what_its_run_made(job: Any, own: Run, theirs: ModelVersion) -> None:
    mlflow = job(V2)
    for name in ("digits", "new"):
        mlflow.post("registered-models/create", {"name": name})
        made = mlflow.post("model-versions/create", {"name": name, "source": f"runs:/{own.pk}/model", "run_id": own.pk})
        assert made.status_code == 200, made.content
        at = {"name": name, "version": made.json()["model_version"]["version"]}
        assert mlflow.post("model-versions/set-tag", {**at, "key": "a", "value": "b"}).status_code == 200
        assert mlflow.patch("model-versions/update", {**at, "description": "mine"}).status_code == 200
        assert mlflow.post("model-versions/transition-stage", {**at, "stage": "Staging"}).status_code == 200
        assert mlflow.post("registered-models/alias", {**at, "alias": "champion"}).status_code == 200
        assert mlflow.delete("registered-models/alias", {"name": name, "alias": "champion"}).status_code == 200
    rest = job(REST).post("models/digits/versions", {"source": f"runs:/{own.pk}/model", "aliases": ["best"]})
    assert rest.status_code == 201
    assert job(REST).patch("models/digits/versions/3", {"description": "mine"}).status_code == 200


VERSION = {"name": "digits", "version": "1"}


@pytest.mark.parametrize(
    ("base", "method", "path", "body"),
    [
        (V2, "post", "model-versions/set-tag", {**VERSION, "key": "a", "value": "b"}),
        (V2, "delete", "model-versions/delete-tag", {**VERSION, "key": "a"}),
        (V2, "patch", "model-versions/update", {**VERSION, "description": "x"}),
        (V2, "post", "model-versions/transition-stage", {**VERSION, "stage": "Production"}),
        (V2, "delete", "model-versions/delete", VERSION),
        (V2, "post", "registered-models/alias", {**VERSION, "alias": "best"}),
        (V2, "delete", "registered-models/alias", {"name": "digits", "alias": "champion"}),
        (V2, "post", "registered-models/rename", {"name": "digits", "new_name": "taken"}),
        (V2, "patch", "registered-models/update", {"name": "digits", "description": "x"}),
        (V2, "post", "registered-models/set-tag", {"name": "digits", "key": "a", "value": "b"}),
        (V2, "delete", "registered-models/delete-tag", {"name": "digits", "key": "a"}),
        (V2, "delete", "registered-models/delete", {"name": "digits"}),
        (REST, "patch", "models/digits", {"name": "taken"}),
        (REST, "delete", "models/digits", {}),
        (REST, "patch", "models/digits/versions/1", {"stage": "Production"}),
        (REST, "put", "models/digits/aliases/best", {"version": "1"}),
        (REST, "delete", "models/digits/aliases/champion", {}),
        (REST, "post", "imports/models", {"external_id": "a", "name": "digits", "description": "x"}),
        (REST, "post", "imports/models/digits/versions", {"external_id": "a", "number": 1, "source": "s3://a/b"}),
        (REST, "put", "imports/models/digits/versions/1/files/MLmodel", {}),
    ],
)
def test_a_job_changes_nothing_that_others_registered(
    job: Any, theirs: ModelVersion, base: str, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = getattr(job(base), method)(path, body)
    assert answer.status_code == 403, (answer.status_code, answer.content)
    theirs.refresh_from_db()
    assert (theirs.description, theirs.stage, theirs.tags.count()) == ("", "None", 0)
    assert ModelAlias.objects.get().name == "champion"
    assert RegisteredModel.objects.get().name == "digits"


def test_a_job_archives_no_versions_of_others(job: Any, own: Run, theirs: ModelVersion) -> None:
    ModelVersion.objects.filter(pk=theirs.pk).update(stage="Production")
    job(V2).post("model-versions/create", {"name": "digits", "source": f"runs:/{own.pk}/model"})
    body = {"name": "digits", "version": "2", "stage": "Production", "archive_existing_versions": True}
    assert job(V2).post("model-versions/transition-stage", body).status_code == 403
    theirs.refresh_from_db()
    assert theirs.stage == "Production"


def test_a_job_imports_nothing(job: Any, own: Run, other: Run, people: People) -> None:
    values = {"external_id": "elsewhere-1", "experiment": "vision/digits", "state": "failed", "parent": own.pk}
    assert job(REST).post("imports/runs", values).status_code == 403
    other.refresh_from_db()
    assert (other.state != "failed", other.parent_id) == (True, None)
    model = LoggedModel.objects.create(
        workspace=people.workspace, experiment=other.experiment, name="theirs", external_id="m-1"
    )
    values = {"external_id": "m-1", "experiment": "vision/digits", "name": "theirs", "tags": {"a": "b"}}
    assert job(REST).post("imports/logged-models", values).status_code == 403
    path = f"imports/logged-models/{model.pk}/files/MLmodel"
    assert job(REST).put(path, b"x", content_type="application/octet-stream").status_code == 403
    assert job(REST).post("imports/done", {"origin": "x", "count": 1}).status_code == 403
    assert not model.tags.exists()
    assert not model.files.exists()


def test_a_job_takes_no_traces_of_other_runs(job: Any, own: Run, other: Run, experiment: Experiment) -> None:
    foreign, free = make_trace(experiment, run=other), make_trace(experiment)
    path = "/mlflow/vision/api/2.0/mlflow/traces/link-to-run"
    answer = job("").post(path, {"run_id": own.pk, "trace_ids": [foreign.trace_id, free.trace_id]})
    assert answer.status_code == 403
    assert set(Trace.objects.values_list("run_id", flat=True)) == {other.pk, None}
    assert job("").post(path, {"run_id": own.pk, "trace_ids": [free.trace_id]}).status_code == 200
    assert Trace.objects.get(pk=free.pk).run_id == own.pk


def test_the_token_of_a_job_that_has_ended_reads_nothing_of_the_workspace(
    job: Any, own: Run, other: Run, experiment: Experiment
) -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("post", V2 + "runs/search", {"experiment_ids": [str(experiment.pk)]}),
        ("get", V2 + f"runs/get?run_id={other.pk}", {}),
        ("get", "/mlflow/vision/api/2.0/mlflow-artifacts/artifacts", {}),
        ("get", REST + "traces", {}),
        ("get", REST + "runs", {}),
        ("post", REST + "grid/window", {"query": {}}),
        ("get", REST + "search/fields", {}),
    ]
    for method, path, body in asked:
        assert getattr(job(""), method)(path, body).status_code == 200, path
    Job.objects.filter(pk=own.job_id).update(state=JobState.COMPLETED, ended_at=timezone.now())
    for method, path, body in asked:
        answer = getattr(job(""), method)(path, body)
        assert answer.status_code in (403, 404), (path, answer.content)
        assert other.pk.encode() not in answer.content.replace(path.encode(), b"")

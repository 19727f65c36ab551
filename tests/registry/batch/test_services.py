"""What batch endpoints, deployments and jobs may and may not, and how parts move."""

import csv
import io
import json
from datetime import timedelta

import pyarrow.parquet
import pytest
from django.utils import timezone

from compute.jobs import state as job_state
from compute.jobs.models import Job
from registry.batch import advancing, finalizing, queries, services
from registry.batch.models import BatchJob, BatchPart, BatchWorker
from registry.batch.services import parts
from registry.data.assets import queries as data_queries
from registry.data.datastores import opening
from registry.mlmodels.services import versions
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity
from studio.errors import Conflict, Invalid, NotFound, StudioError
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from studio.storage import blobs
from tests.factories.batch import make_batch_deployment, make_batch_endpoint, make_batch_job, make_batch_worker
from tests.factories.data import make_data, put_file
from tests.factories.images import make_model

pytestmark = pytest.mark.django_db
S, P = BatchJob.State, BatchPart.State
FOUR = {f"{name}.txt": name.encode() for name in "abcd"}


def begun(workspace: Workspace, ben: User, **settings: object) -> BatchJob:
    """A job over four files, two a part, that is split; its workers wait."""
    deployment = make_batch_deployment(make_batch_endpoint(workspace), settings={"mini_batch_size": 2, **settings})
    return make_batch_job(deployment, make_data(workspace, "letters", FOUR), actor=ben, splits=True)


def tell_done(worker: BatchWorker, rows: list[object], *, failed: int = 0) -> None:
    """Take the next part and say that it gave these rows."""
    part = parts.take(worker=worker).part
    assert part is not None
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    output = blobs.store(workspace=worker.batch.workspace, stream=io.BytesIO(text), limit=10**6) if rows else None
    lost = [{"item": part.items[at], "problem": "torn"} for at in range(failed)]
    parts.done(worker=worker, number=part.number, attempt=part.attempt, output=output, row_count=len(rows), failed=lost)


def output_of(batch: BatchJob) -> bytes:
    batch.refresh_from_db()
    assert batch.output_datastore is not None
    return b"".join(opening.file_store(batch.output_datastore).read(finalizing.file_path(batch)))


def test_files_are_split_and_put_together_in_order(workspace: Workspace, ben: User) -> None:
    batch = begun(workspace, ben)
    assert (batch.state, batch.item_total) == (S.RUNNING, 4)
    worker = make_batch_worker(batch)
    tell_done(worker, ["first", "second"])
    assert Activity.objects.get(subject=batch.subject).progress == 0.5
    tell_done(worker, [{"prediction": "third", "sure": 0.5}])
    advancing.advance(batch.pk)
    rows = list(csv.reader(io.StringIO(output_of(batch).decode())))
    assert rows == [["prediction", "sure"], ["first", ""], ["second", ""], ["third", "0.5"]]
    assert (batch.state, batch.item_done, batch.row_total) == (S.COMPLETED, 4, 3)
    assert finalizing.file_path(batch) == f"azureml/{batch.pk}/score/predictions.csv"
    assert Activity.objects.get(subject=batch.subject).state == Activity.State.SUCCEEDED
    advancing.tick()
    assert not BatchPart.objects.filter(batch=batch, output__isnull=False).exists()


def test_parquet_keeps_the_types_and_becomes_a_data_version(workspace: Workspace, ben: User) -> None:
    deployment = make_batch_deployment(make_batch_endpoint(workspace), settings={"mini_batch_size": 2})
    batch = make_batch_job(
        deployment, make_data(workspace, "letters", FOUR), actor=ben, splits=True, output_asset="scored",
        settings={"output_file_name": "scored.parquet"},
    )  # fmt: skip
    worker = make_batch_worker(batch)
    tell_done(worker, [{"n": 1, "p": 1, "s": "x", "b": True, "l": [1]}, {"n": 2, "p": 0.1, "s": None}])
    tell_done(worker, [{"n": None, "p": 3, "s": "y"}, {"n": 4, "p": 4, "s": "z"}])
    advancing.advance(batch.pk)
    table = pyarrow.parquet.read_table(io.BytesIO(output_of(batch)))
    assert [str(each) for each in table.schema.types] == ["int64", "double", "string", "bool", "string"]
    assert table.column("n").to_pylist() == [1, 2, None, 4]
    assert table.column("p").to_pylist() == [1.0, 0.1, 3.0, 4.0]
    version = data_queries.resolve(workspace, "scored")
    assert version.path == finalizing.file_path(batch)
    assert [step.thing for step in lineage.up(workspace, Thing("data_version", str(version.pk)))] == [
        Thing("batch_job", batch.pk)
    ]
    made_of = [step.thing.kind for step in lineage.up(workspace, Thing("batch_job", batch.pk))]
    assert sorted(made_of) == ["data_version", "model_version"]


def test_a_failed_part_is_tried_again_and_then_counts(workspace: Workspace, ben: User) -> None:
    batch = begun(workspace, ben, retry_settings={"max_retries": 1})
    worker = make_batch_worker(batch)
    for is_last in (False, True):
        taken = parts.take(worker=worker)
        assert taken.part is not None
        assert (taken.part.number, taken.is_last) == (0, is_last)
        parts.failed(worker=worker, number=0, attempt=taken.part.attempt, problem="boom")
    batch.refresh_from_db()
    assert (batch.state, batch.item_failed) == (S.RUNNING, 2)
    found, _ = queries.failed_items(batch)
    assert [(each.item, each.problem) for each in found] == [("a.txt", "boom"), ("b.txt", "boom")]
    tell_done(worker, ["c", "d"])
    advancing.advance(batch.pk)
    assert output_of(batch).decode().split() == ["prediction", "c", "d"]


@pytest.mark.parametrize(("threshold", "state"), [(0, S.FAILED), (1, S.COMPLETED), (-1, S.COMPLETED)])
def test_error_threshold_says_how_many_items_may_fail(
    workspace: Workspace, ben: User, threshold: int, state: str
) -> None:
    batch = begun(workspace, ben, error_threshold=threshold)
    worker = make_batch_worker(batch)
    tell_done(worker, ["a"], failed=1)
    if state == S.COMPLETED:
        worker.batch.refresh_from_db()
        tell_done(worker, ["c", "d"])
    advancing.advance(batch.pk)
    batch.refresh_from_db()
    assert batch.state == state
    assert ("error_threshold allows 0" in batch.problem) == (state == S.FAILED)


def test_what_a_dead_worker_held_is_taken_by_the_one_that_replaces_it(workspace: Workspace, ben: User) -> None:
    batch = begun(workspace, ben)
    worker = make_batch_worker(batch)
    held = parts.take(worker=worker).part
    assert held is not None
    job_state.move(worker.job, to="failed", reason="runner_lost", message="The runner was killed.")
    advancing.advance(batch.pk)
    fresh = BatchWorker.objects.filter(batch=batch).latest("pk")
    assert fresh.pk != worker.pk
    Job.objects.filter(pk=fresh.job_id).update(state="running", attempt=1)
    again = parts.take(worker=queries.worker_of(fresh.job_id) or fresh).part
    assert again is not None
    assert (again.number, again.attempt) == (held.number, 2)
    with pytest.raises(Conflict, match="not this worker's"):
        parts.done(worker=worker, number=0, attempt=1, output=None, row_count=0)


def test_a_silent_worker_loses_its_part_to_another(workspace: Workspace, ben: User) -> None:
    batch = begun(workspace, ben)
    worker = make_batch_worker(batch)
    part = parts.take(worker=worker).part
    assert part is not None
    BatchPart.objects.filter(pk=part.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    advancing.tick()
    part.refresh_from_db()
    assert (part.state, part.attempt) == (P.WAITING, 1)


def test_workers_that_die_again_and_again_end_the_job(workspace: Workspace, ben: User) -> None:
    batch = begun(workspace, ben)
    for _ in range(10):
        for worker in queries.workers_of(batch):
            if worker.job.state == "queued":
                job_state.move(worker.job, to="failed", reason="signal", message="It was killed.")
        advancing.advance(batch.pk)
    batch.refresh_from_db()
    assert batch.state == S.FAILED
    assert "died again and again; the last one said: It was killed." in batch.problem
    assert len(queries.workers_of(batch)) == 1 + advancing.MOST_REPLACED


def test_canceling_stops_the_workers_and_frees_the_deployment(workspace: Workspace, ben: User) -> None:
    batch = begun(workspace, ben)
    assert batch.deployment is not None
    with pytest.raises(Conflict, match="its job"):
        services.delete_deployment(actor=ben, deployment=batch.deployment)
    services.cancel(actor=ben, batch=batch)
    assert [worker.job.state for worker in queries.workers_of(batch)] == ["canceled"]
    services.delete_endpoint(actor=ben, endpoint=batch.deployment.endpoint)
    batch.refresh_from_db()
    assert (batch.state, batch.deployment) == (S.CANCELED, None)


def test_a_table_is_split_by_rows_for_a_model_without_a_script(workspace: Workspace, ben: User) -> None:
    model = make_model(workspace, "table-model")
    deployment = make_batch_deployment(
        make_batch_endpoint(workspace), model=f"{model.model.name}:1", code="", environment="minimal",
        settings={"mini_batch_rows": 2},
    )  # fmt: skip
    place = put_file(workspace, "in/rows.csv", b"x,y\n1,2\n3,4\n5,6\n")
    batch = make_batch_job(deployment, place, actor=ben, splits=True)
    assert (batch.state, batch.item_total, batch.options["mode"]) == (S.RUNNING, 3, "rows"), batch.problem
    spans = list(BatchPart.objects.filter(batch=batch).values_list("items", flat=True))
    assert spans == [[{"file": "", "from": 0, "to": 2}], [{"file": "", "from": 2, "to": 3}]]


def test_an_input_that_is_not_there_fails_the_job_with_a_sentence(workspace: Workspace, ben: User) -> None:
    deployment = make_batch_deployment(make_batch_endpoint(workspace))
    place = put_file(workspace, "in/a.txt", b"x").replace("a.txt", "b.txt")
    batch = make_batch_job(deployment, place, actor=ben, splits=True)
    assert batch.state == S.FAILED
    assert "There is nothing at 'in/b.txt'" in batch.problem


def test_a_model_in_use_is_not_deleted_and_the_sentence_names_the_deployment(workspace: Workspace, ben: User) -> None:
    deployment = make_batch_deployment(make_batch_endpoint(workspace))
    with pytest.raises(Conflict, match="The batch deployment nightly/first scores with model-of-first 1"):
        versions.delete_version(actor=ben, version=deployment.model_version)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"model": "gone:1"}, NotFound, "There is no model 'gone'"),
        ({"model": {"path": "./model"}}, Invalid, "the name of a registered version"),
        ({"compute": "nowhere"}, Invalid, "There is no compute target 'nowhere'"),
        ({"code": ""}, Invalid, "a scoring script must say how"),
        ({"scoring_script": "other.py"}, Invalid, "There is no file 'other.py'"),
        ({"settings": {"environment_variables": {"PYTHONPATH": "x"}}}, Invalid, "set by the studio"),
    ],
)
def test_what_cannot_be_deployed_is_refused_with_a_sentence(
    workspace: Workspace, asked: dict[str, object], error: type[StudioError], said: str
) -> None:
    endpoint = make_batch_endpoint(workspace)
    make_batch_deployment(endpoint, "there")
    with pytest.raises(error, match=said):
        make_batch_deployment(endpoint, "wrong", **asked)
    assert queries.deployments_of(endpoint).count() == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("https://example.org/x.csv", "An address outside"),
        ({"type": "folder", "path": "azureml:letters"}, "is no type of an input"),
        ({"path": ""}, "a type and a path"),
        ({"type": "mltable", "path": "azureml://datastores/workspaceblobstore/paths/x"}, "scored as a data asset"),
    ],
)
def test_an_input_of_another_kind_is_refused_with_a_sentence(workspace: Workspace, asked: object, said: str) -> None:
    endpoint = make_batch_endpoint(workspace)
    make_batch_deployment(endpoint)
    with pytest.raises(Invalid, match=said):
        services.invoke(actor=None, endpoint=endpoint, asked=services.Invocation(input=asked))

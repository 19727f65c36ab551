"""What steps left stays as long as somebody may need it, and goes with the last run that does."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from compute.targets.models import ComputeTarget
from registry.data.assets import janitor
from registry.data.assets.models import ManagedFolder
from registry.data.datastores import opening
from runs.pipelines.models import Step
from runs.tracking.data.models import RunOutput
from runs.tracking.models import Run, Snapshot
from runs.trash import engine, services
from runs.trash.models import Purge
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.storage.models import Blob
from tests.factories.compute import make_target
from tests.factories.pipeline_steps import advance, carry_out, command, pipeline, states, steps, submit
from tests.factories.stored import keep_bytes

pytestmark = pytest.mark.django_db
DOCUMENT = pipeline({"prep": command("python prep.py"), "train": command("python train.py", after="prep")})


@pytest.fixture(autouse=True)
def target(settings: Any) -> ComputeTarget:
    return make_target(name="local", slots=4)


def lies_there(output: RunOutput) -> bool:
    assert output.datastore is not None
    return opening.file_store(output.datastore).stat(f"{output.path}/data.txt") is not None


def purge(ada: User, run: Run) -> Purge:
    services.trash_run(actor=ada, run=run)
    receipt = services.purge(actor=ada, workspace=run.workspace, runs=[run.pk])
    while engine.work(receipt.pk):
        pass
    janitor.remove_released()
    receipt.refresh_from_db()
    assert receipt.is_done and not Run.objects.filter(pk=run.pk).exists()
    return receipt


def test_what_a_step_left_is_not_taken_for_an_upload_that_nobody_claimed(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, DOCUMENT)
    carry_out(run)
    ManagedFolder.objects.update(created_at=timezone.now() - timedelta(days=30))
    janitor.remove_released()
    outputs = list(RunOutput.objects.filter(run__parent=run).select_related("datastore__workspace"))
    assert len(outputs) == 2 and all(lies_there(output) for output in outputs)


def test_what_steps_left_goes_with_the_last_run_that_stands_on_it(workspace: Workspace, ada: User, ben: User) -> None:
    runs = [submit(ben, workspace, DOCUMENT) for _ in range(3)]
    for run in runs:
        carry_out(run)
    outputs = list(RunOutput.objects.filter(run__parent=runs[0]).select_related("datastore__workspace"))
    assert len(outputs) == 2 and Step.objects.exclude(reused_from=None).count() == 4
    receipt = purge(ada, runs[0])
    assert {kept["kind"]: kept["count"] for kept in receipt.kept} == {"output folders": 2}
    assert all(lies_there(output) for output in outputs)
    assert {output.run_id for output in RunOutput.objects.all()} == {runs[1].pk}
    assert set(states(runs[2]).values()) == {"completed"}
    purge(ada, runs[1])
    assert {output.name for output in RunOutput.objects.filter(run=runs[2])} == {"prep.out", "train.out"}
    receipt = purge(ada, runs[2])
    assert receipt.rows["output folders"] == 2
    assert not any(lies_there(output) for output in outputs)
    assert not RunOutput.objects.exists() and not ManagedFolder.objects.exists()


def test_code_of_a_step_that_waits_for_days_stays(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, DOCUMENT)
    advance(run)
    blob = keep_bytes(workspace, b"code" * 10)
    Snapshot.objects.create(workspace=workspace, digest=blob.sha256, manifest=[], size=1, blob=blob)
    pipeline_run = steps(run)["prep"].pipeline_run
    pipeline_run.document = {**pipeline_run.document, "sent": {"./src": blob.sha256}}
    pipeline_run.save()
    long_ago = timezone.now() - timedelta(days=9)
    Snapshot.objects.update(created_at=long_ago)
    Blob.objects.update(claimed_at=long_ago)
    assert engine.remove_unused_snapshots() == 0
    carry_out(run)
    Blob.objects.update(claimed_at=long_ago)
    assert engine.remove_unused_snapshots() == 1

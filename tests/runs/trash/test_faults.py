"""A removal that is killed goes on where it was: nothing is lost, repeated or left behind."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from compute.jobs.models import Job, LogChunk
from runs.tracking.metrics.models import MetricBatch, MetricSummary
from runs.tracking.models import Artifact, Param, Run, Snapshot
from runs.trash import engine, services
from runs.trash.models import Purge, PurgedRun
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.storage.models import Blob, ObjectRemoval
from tests.factories.stored import bytes_below, give_file, make_full_run

pytestmark = pytest.mark.django_db(transaction=True)


def work_until_killed(purge_id: int, statements: int) -> bool:
    """A process works at it and is killed with SIGKILL before its n-th statement; answers whether it came so far."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        left = statements

        def count(execute: Any, *call: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*call)

        with connection.execute_wrapper(count):
            engine.work(purge_id)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("step", [7, 23, 61])
def test_killed_again_and_again_it_ends_with_an_exact_receipt(
    workspace: Workspace, ada: User, folder: Path, step: int
) -> None:
    runs = [make_full_run(workspace) for _ in range(4)]
    other = make_full_run(workspace)
    give_file(runs[0], b"shared" * 100, "shared.bin")
    give_file(other, b"shared" * 100, "shared.bin")
    Blob.objects.update(claimed_at=None)
    services.trash_runs(actor=ada, workspace=workspace, ids=[run.pk for run in runs])
    purge = services.purge(actor=ada, workspace=workspace, everything=True)
    kills, reach = 0, step
    while work_until_killed(purge.pk, reach):
        kills += 1
        # What the dead worker held is free a minute later; it came a little further each time.
        Purge.objects.filter(pk=purge.pk).update(lease_until=None)
        reach += step if kills % 5 == 0 else 0
        assert kills < 400
    purge.refresh_from_db()
    assert kills > 0 and purge.is_done
    assert (purge.run_total, purge.run_count, purge.point_count) == (4, 4, 40)
    assert (purge.object_count, purge.bytes_freed) == (8, 8000)
    assert purge.kept == [{"kind": "files", "count": 1, "bytes": 600, "why": "Something else needs the same bytes."}]
    assert purge.rows["runs"] == purge.rows["jobs"] == purge.rows["snapshots"] == purge.rows["params"] == 4
    assert PurgedRun.objects.count() == 4
    assert bytes_below(folder) == 2600  # the other run's
    for model in (Run, Job, Param, Snapshot, MetricBatch, MetricSummary, LogChunk):
        assert model.objects.count() == 1, model
    assert Artifact.objects.count() == 2
    assert not ObjectRemoval.objects.exists()
    assert not Blob.objects.exclude(released_for="").exists()


def test_redis_away_loses_nothing(workspace: Workspace, ada: User, settings: Any) -> None:
    run = make_full_run(workspace)
    services.trash_run(actor=ada, run=run)
    purge = services.purge(actor=ada, workspace=workspace, everything=True)  # the test's broker is nowhere
    from runs.trash import state

    assert state.open_ids() == [purge.pk]
    engine.work(purge.pk)
    assert state.open_ids() == []

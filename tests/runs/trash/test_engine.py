"""Removing for good: what goes, what stays and why, and what the receipt says of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from compute.jobs.models import Job, JobEvent, LogChunk
from runs.logged_models.models import LoggedModel, LoggedModelFile, RunModel
from runs.tracking.metrics.models import MetricBatch, MetricSummary
from runs.tracking.models import Artifact, Experiment, Run, Snapshot
from runs.trash import engine, services, state
from runs.trash.models import Purge, PurgedRun
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity
from studio.errors import Conflict
from studio.storage import blobs, stores
from studio.storage.models import Blob, ObjectRemoval
from tests.factories import make_experiment, make_run
from tests.factories.stored import bytes_below, give_file, give_snapshot, keep_bytes, make_full_run


def purge(ada: User, workspace: Workspace, **what: Any) -> Purge:
    """Ask for it, and do all the work at once."""
    opened = services.purge(actor=ada, workspace=workspace, **what)
    assert engine.work(opened.pk) is False
    opened.refresh_from_db()
    return opened


def test_everything_of_a_run_goes_and_the_receipt_counts_it(workspace: Workspace, ada: User, folder: Path) -> None:
    run, other = make_full_run(workspace), make_full_run(workspace)
    job = run.job
    (folder.parent / "jobs" / str(job.pk) / "1").mkdir(parents=True)
    services.trash_run(actor=ada, run=run)
    receipt = purge(ada, workspace, runs=[run.pk])
    assert receipt.is_done
    assert (receipt.run_total, receipt.run_count, receipt.point_count, receipt.log_bytes) == (1, 1, 10, 140)
    assert receipt.rows["runs"] == receipt.rows["artifacts"] == receipt.rows["snapshots"] == 1
    assert receipt.rows["log chunks"] >= 1
    assert receipt.bytes_freed == bytes_below(folder) == 2000
    assert receipt.object_count == 2
    assert list(Run.objects.all()) == [other]
    assert not Job.objects.filter(pk=job.pk).exists()
    for model in (Artifact, Snapshot, MetricBatch, MetricSummary, Blob):
        assert model.objects.count() in (1, 2), model
    assert not LogChunk.objects.filter(job=job).exists()
    assert not JobEvent.objects.filter(job=job).exists()
    assert not (folder.parent / "jobs" / str(job.pk)).exists()
    assert not ObjectRemoval.objects.exists()
    line = PurgedRun.objects.get()
    assert (line.run_id, line.name, line.file_count) == (run.pk, run.name, 1)
    assert Activity.objects.get(kind="purge").state == Activity.State.SUCCEEDED


def test_bytes_that_another_run_holds_stay_and_the_receipt_says_so(
    workspace: Workspace, ada: User, folder: Path
) -> None:
    one, two = make_run(workspace), make_run(workspace)
    give_file(one, b"shared" * 100)
    give_file(one, b"alone" * 100)
    give_file(two, b"shared" * 100)
    Blob.objects.update(claimed_at=None)
    services.trash_run(actor=ada, run=one)
    receipt = purge(ada, workspace, runs=[one.pk])
    assert receipt.bytes_freed == 500
    assert receipt.kept == [{"kind": "files", "count": 1, "bytes": 600, "why": "Something else needs the same bytes."}]
    assert b"".join(blobs.read_range(two.artifacts.get().blob)) == b"shared" * 100
    assert bytes_below(folder) == 600


def test_bytes_that_were_just_stored_again_wait_for_their_new_owner(
    workspace: Workspace, ada: User, folder: Path
) -> None:
    run = make_run(workspace)
    give_file(run, b"again" * 100)
    services.trash_run(actor=ada, run=run)
    blob = keep_bytes(workspace, b"again" * 100)  # an upload whose row is still to come
    receipt = purge(ada, workspace, runs=[run.pk])
    assert receipt.bytes_freed == 0
    assert "within a day" in receipt.kept[0]["why"]
    assert Blob.objects.filter(pk=blob.pk, released_for="").exists()
    assert bytes_below(folder) == 500


def test_an_upload_between_the_look_and_the_removal_wins(workspace: Workspace, ada: User) -> None:
    from studio.storage import removal

    seen = keep_bytes(workspace, b"race" * 10)
    keep_bytes(workspace, b"race" * 10)  # claimed since we read it
    assert removal.drop([seen]) == []
    assert removal.drop([Blob.objects.get(pk=seen.pk)])  # read again, it may go


def test_an_upload_after_the_row_went_gets_an_object_of_its_own(workspace: Workspace, folder: Path) -> None:
    from studio.storage import removal

    first = keep_bytes(workspace, b"late" * 10)
    removal.drop([first], released_for="purge:0")
    second = keep_bytes(workspace, b"late" * 10)
    assert second.key != first.key
    removal.strike(removal.remove_objects(ObjectRemoval.objects.all()))
    assert b"".join(blobs.read_range(second)) == b"late" * 10
    assert bytes_below(folder) == 40


def test_a_snapshot_that_another_run_uses_stays(workspace: Workspace, ada: User) -> None:
    one, two = make_run(workspace), make_run(workspace)
    give_snapshot(one, b"code" * 50)
    snapshot = give_snapshot(two, b"code" * 50)
    Blob.objects.update(claimed_at=None)
    services.trash_run(actor=ada, run=one)
    assert purge(ada, workspace, runs=[one.pk]).bytes_freed == 0
    two.refresh_from_db()
    assert two.snapshot == snapshot


def test_children_go_with_their_parent_and_a_child_that_was_restored_stays(workspace: Workspace, ada: User) -> None:
    parent = make_run(workspace)
    gone, grandchild = make_run(workspace, parent=parent), None
    grandchild = make_run(workspace, parent=gone)
    services.trash_run(actor=ada, run=parent)
    newcomer = make_run(workspace, parent=parent)
    receipt = purge(ada, workspace, runs=[parent.pk])
    assert receipt.run_count == 3
    assert list(Run.objects.values_list("pk", "parent")) == [(newcomer.pk, None)]
    assert {line.run_id for line in receipt.runs.all()} == {parent.pk, gone.pk, grandchild.pk}


def test_an_experiment_goes_with_its_runs_and_its_path_is_free_again(workspace: Workspace, ada: User) -> None:
    experiment = make_experiment(workspace, "vision/old")
    for _ in range(3):
        make_run(workspace, experiment=experiment)
    services.trash_experiment(actor=ada, experiment=experiment)
    receipt = purge(ada, workspace, experiments=[experiment.pk])
    assert (receipt.run_count, receipt.experiment_count) == (3, 1)
    assert not Experiment.objects.filter(path="vision/old").exists()


def test_what_is_restored_in_time_is_not_removed(workspace: Workspace, ada: User) -> None:
    keep, go = make_run(workspace), make_run(workspace)
    services.trash_runs(actor=ada, workspace=workspace, ids=[keep.pk, go.pk])
    opened = services.purge(actor=ada, workspace=workspace, everything=True)
    services.restore_run(actor=ada, run=keep)
    engine.work(opened.pk)
    assert list(Run.objects.all()) == [keep]


def test_what_is_thrown_away_after_the_order_is_not_removed(workspace: Workspace, ada: User) -> None:
    first, second = make_run(workspace), make_run(workspace)
    services.trash_run(actor=ada, run=first)
    opened = services.purge(actor=ada, workspace=workspace, everything=True)
    services.trash_run(actor=ada, run=second)
    engine.work(opened.pk)
    assert list(Run.objects.all()) == [second]


def test_nothing_in_the_trash_is_nothing_to_remove(workspace: Workspace, ada: User) -> None:
    run = make_run(workspace)
    with pytest.raises(Conflict) as caught:
        services.purge(actor=ada, workspace=workspace, runs=[run.pk])
    assert caught.value.code == "not_in_trash"
    assert not Purge.objects.exists()


def test_two_removals_at_once_share_the_work_and_count_nothing_twice(
    workspace: Workspace, ada: User, folder: Path
) -> None:
    runs = [make_full_run(workspace) for _ in range(4)]
    services.trash_runs(actor=ada, workspace=workspace, ids=[run.pk for run in runs])
    one = services.purge(actor=ada, workspace=workspace, everything=True)
    two = services.purge(actor=ada, workspace=workspace, runs=[run.pk for run in runs[:2]])
    while any([engine.work(one.pk, seconds=0.01), engine.work(two.pk, seconds=0.01)]):
        pass
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.is_done and two.is_done
    assert one.run_count + two.run_count == PurgedRun.objects.count() == 4
    assert one.point_count + two.point_count == 40
    assert one.object_count + two.object_count == 8
    assert bytes_below(folder) == 0


def test_a_second_worker_leaves_a_removal_that_is_in_hand_alone(workspace: Workspace, ada: User) -> None:
    run = make_run(workspace)
    services.trash_run(actor=ada, run=run)
    opened = services.purge(actor=ada, workspace=workspace, everything=True)
    held = state.claim(opened.pk)
    assert held is not None
    assert engine.work(opened.pk) is False
    assert Run.objects.filter(pk=run.pk).exists()
    Purge.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert state.open_ids() == [opened.pk]
    engine.work(opened.pk)
    assert not Run.objects.exists()
    with pytest.raises(state.Superseded):
        state.renew(held)


def test_an_object_the_store_does_not_let_go_is_said_and_tried_again(
    workspace: Workspace, ada: User, folder: Path
) -> None:
    run = make_run(workspace)
    stuck, free = give_file(run, b"stuck" * 10), give_file(run, b"free" * 10)
    path = folder / stuck.blob.key
    path.unlink()
    path.mkdir()  # what a store that can't remove a file answers: an OSError
    (path / "x").write_bytes(b"")
    services.trash_run(actor=ada, run=run)
    receipt = purge(ada, workspace, runs=[run.pk])
    assert receipt.is_done
    assert (receipt.bytes_freed, receipt.object_count) == (free.size, 1)
    assert "1 file (50 bytes)" in receipt.problem
    ObjectRemoval.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert engine.ask_the_store_again() == 0
    (path / "x").unlink()
    assert engine.ask_the_store_again() == 1
    receipt.refresh_from_db()
    assert (receipt.bytes_freed, receipt.object_count, receipt.problem) == (90, 2, "")
    assert not stores.store().exists(stuck.blob.key)


def test_the_trash_is_emptied_of_what_is_over_its_time(workspace: Workspace, ada: User, settings: Any) -> None:
    old, young = make_run(workspace), make_run(workspace)
    services.trash_runs(actor=ada, workspace=workspace, ids=[old.pk, young.pk])
    Run.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    settings.TRASH_DAYS = 0
    assert engine.expire() == []
    settings.TRASH_DAYS = 30
    (opened,) = engine.expire()
    assert engine.expire() == []  # it is open already
    engine.work(opened)
    assert list(Run.objects.all()) == [young]
    receipt = Purge.objects.get()
    assert (receipt.cause, receipt.actor, receipt.run_count) == ("retention", None, 1)


def test_a_logged_model_goes_with_its_run_unless_another_uses_it(workspace: Workspace, ada: User, folder: Path) -> None:
    run, user = make_run(workspace), make_run(workspace)
    made = [
        LoggedModel.objects.create(workspace=workspace, experiment=run.experiment, source_run=run, name=name)
        for name in ("own", "used")
    ]
    for model in made:
        blob = keep_bytes(workspace, model.name.encode() * 100)
        LoggedModelFile.objects.create(model=model, path="m", blob=blob, size=blob.size, content_type="x")
    RunModel.objects.create(run=user, model=made[1], direction="input")
    services.trash_run(actor=ada, run=run)
    receipt = purge(ada, workspace, runs=[run.pk])
    assert [model.name for model in LoggedModel.objects.all()] == ["used"]
    assert receipt.bytes_freed == 300
    assert {"kind": "logged models", "count": 1, "bytes": 0, "why": "Other runs use them."} in receipt.kept
    assert bytes_below(folder) == 400


def test_snapshots_that_no_run_uses_go_after_a_day(workspace: Workspace) -> None:
    run = make_run(workspace)
    used = give_snapshot(run, b"used" * 10)
    for data, age in ((b"old" * 10, 2), (b"new" * 10, 0)):
        blob = keep_bytes(workspace, data)
        row = Snapshot.objects.create(workspace=workspace, digest=blob.sha256, manifest=[], size=1, blob=blob)
        Snapshot.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=age))
    Snapshot.objects.filter(pk=used.pk).update(created_at=timezone.now() - timedelta(days=9))
    assert engine.remove_unused_snapshots() == 1
    assert Snapshot.objects.count() == 2

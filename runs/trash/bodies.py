"""The turns that remove rows: logged models, runs with their jobs, experiments."""

from collections.abc import Sequence

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from compute.jobs import removal as jobs
from runs.logged_models.models import LoggedModel, RunModel
from runs.traces.models import Trace
from runs.tracking.models import Experiment, Run, Snapshot
from runs.trash import anatomy, scopes
from runs.trash.turns import Shift, Tally
from studio.lineage import services as lineage
from studio.storage.models import Blob

RUNS_AT_ONCE = 40
MODELS_AT_ONCE = 20
EXPERIMENTS_AT_ONCE = 5


def remove_models(shift: Shift) -> bool:
    """Remove some logged models: those the runs made and nobody else uses, and those in the trash."""
    number = shift.purge.pk
    used = RunModel.objects.filter(model=OuterRef("pk")).exclude(run__purge_number=number)
    made = LoggedModel.objects.filter(source_run__purge_number=number).exclude(Exists(used))
    thrown = scopes.in_trash(shift.purge.workspace, shift.scope).models
    meant = Q(pk__in=made.order_by().values("pk")) | Q(pk__in=thrown.values("pk"))
    ids = list(LoggedModel.objects.filter(meant).order_by("pk").values_list("pk", flat=True)[:MODELS_AT_ONCE])
    if not ids:
        return False
    with shift.turn() as tally:
        if _remove_parts(shift, anatomy.parts_of_model(), ids, tally):
            tally.count(_plain(LoggedModel.objects.filter(pk__in=ids).delete()[1]))
    return True


def remove_runs(shift: Shift) -> bool:
    """Remove some rows of the next runs, or, when nothing hangs on them any more, the runs with their jobs."""
    rows = Run.objects.filter(purge_number=shift.purge.pk).order_by("pk")
    batch = dict(rows.values_list("pk", "job_id")[:RUNS_AT_ONCE])
    if not batch:
        return False
    of_jobs = [job for job in batch.values() if job is not None]
    with shift.turn() as tally:
        left = shift.size
        is_bare = _remove_parts(shift, anatomy.parts_of_run(), list(batch), tally)
        pieces = jobs.remove_log(of_jobs, limit=left) if is_bare else left
        tally.count({"log chunks": pieces if is_bare else 0})
        is_bare = is_bare and pieces < left
    if is_bare:
        # Outside of a transaction: a large folder takes its time. Done again after a kill, it finds nothing.
        jobs.remove_folders(of_jobs)
        with shift.turn() as tally:
            _remove_run_rows(shift, list(batch), of_jobs, tally)
    return True


def remove_experiments(shift: Shift) -> bool:
    """Remove some rows of the next experiments that are meant and hold no run, then the experiments."""
    meant = scopes.in_trash(shift.purge.workspace, shift.scope).experiments
    empty = meant.exclude(Exists(Run.objects.filter(experiment=OuterRef("pk"))))
    ids = list(empty.order_by("pk").values_list("pk", flat=True)[:EXPERIMENTS_AT_ONCE])
    if not ids:
        return False
    with shift.turn() as tally:
        if _remove_parts(shift, anatomy.parts_of_experiment(), ids, tally):
            # Restored since we looked, or given a run: it stays.
            still = Experiment.objects.filter(pk__in=ids, deleted_at__isnull=False)
            still = still.exclude(Exists(Run.objects.filter(experiment=OuterRef("pk"))))
            gone = list(still.values_list("pk", flat=True))
            tally.count(_plain(Experiment.objects.filter(pk__in=gone).delete()[1]))
            tally.experiments += len(gone)
    return True


def _remove_run_rows(shift: Shift, ids: Sequence[str], of_jobs: Sequence[int], tally: Tally) -> None:
    rows = Run.objects.filter(pk__in=ids, purge_number=shift.purge.pk)
    _release(shift, rows, Run)
    # Children that go too have a turn of their own; those that stay must not go with the parent.
    Run.objects.filter(parent__in=ids).update(parent=None)
    tally.keep("logged models", LoggedModel.objects.filter(source_run__in=ids).count(), 0, "Other runs use them.")
    tally.keep("traces", Trace.objects.filter(run__in=ids).count(), 0, "They belong to their experiments.")
    lineage.forget_all(workspace=shift.purge.workspace, kind="run", ids=ids)
    for end in anatomy.loose_ends(Run):
        end.rows(**{f"{end.field}__in": ids}).update(**{end.field: None})
    # What hung on them is gone. A row that came since makes the commit fail, and the next turn sees it.
    gone = rows._raw_delete(rows.db)
    tally.runs += gone
    tally.count({anatomy.words(Run): gone})
    tally.count(_plain(jobs.remove_jobs(of_jobs)))


def _remove_parts(shift: Shift, parts: Sequence[anatomy.Part], ids: Sequence[object], tally: Tally) -> bool:
    """Remove up to `shift.size` rows that hang on these; answers whether none is left."""
    left = shift.size
    for part in parts:
        keys = list(part.of(ids).order_by().values_list("pk", flat=True)[:left])
        if keys:
            rows = part.model._base_manager.filter(pk__in=keys)
            _release(shift, rows, part.model)
            tally.count(_plain(rows.delete()[1]))
            left -= len(keys)
        if left <= 0:
            return False
    return True


def _release(shift: Shift, rows: "models.QuerySet[models.Model]", model: anatomy.Model) -> None:
    """Mark the blobs that these rows hold: whether anybody else needs them is looked at when the rows are gone."""
    subject = shift.purge.subject
    for name in anatomy.blob_fields(model):
        held = rows.filter(**{f"{name}__isnull": False}).order_by().values(name)
        Blob.objects.filter(pk__in=held).update(released_for=subject)
    for name in anatomy.snapshot_fields(model):
        folders = Snapshot.objects.filter(pk__in=rows.filter(**{f"{name}__isnull": False}).order_by().values(name))
        Blob.objects.filter(pk__in=folders.values("blob")).update(released_for=subject)


def _plain(counts: dict[str, int]) -> dict[str, int]:
    """Django's "runs.MetricChunk" as a receipt says it."""
    return {anatomy.words(apps.get_model(label)): number for label, number in counts.items()}

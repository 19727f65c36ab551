"""Shapes of requests, checked strictly, and of answers as the API's description shows them."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from runs.tracking.models import Experiment, Run
from runs.trash import queries
from runs.trash.models import Purge, PurgedRun
from runs.trash.previews import Preview
from runs.trash.queries import ExperimentSize, RunSize, Storage
from studio.api.fields import Int64, RunId, StrictBoolean, StrictSerializer, Text

MAX_RUNS, MAX_EXPERIMENTS = 10_000, 1_000


class PreviewAsked(StrictSerializer):
    """Runs, experiments and what a filter finds; with `in_trash` of the trash, and then all of it when nothing is named."""

    runs = serializers.ListField(child=RunId(), required=False, default=list, max_length=MAX_RUNS)
    experiments = serializers.ListField(child=Int64(min_value=1), required=False, default=list, max_length=1000)
    filter = Text(max_length=4000, required=False, allow_blank=True, default="")
    in_trash = StrictBoolean(required=False, default=False)


class PurgeAsked(StrictSerializer):
    """What to remove for good; `everything` empties the trash."""

    runs = serializers.ListField(child=RunId(), required=False, default=list, max_length=MAX_RUNS)
    experiments = serializers.ListField(child=Int64(min_value=1), required=False, default=list, max_length=1000)
    everything = StrictBoolean(required=False, default=False)


# --- answers, for the description only --------------------------------------------------------------------------------


class NamedAnswer(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()


class HoldAnswer(serializers.Serializer):
    kind = serializers.CharField(help_text="live_runs, model_versions or traces")
    count = serializers.IntegerField()
    text = serializers.CharField()
    is_blocking = serializers.BooleanField()
    named = NamedAnswer(many=True)


class PreviewAnswer(serializers.Serializer):
    runs = serializers.IntegerField(help_text="with children")
    children = serializers.IntegerField()
    experiments = serializers.IntegerField()
    models = serializers.IntegerField()
    files = serializers.IntegerField()
    bytes = serializers.IntegerField(help_text="stored bytes they hold; equal files count once")
    freed_bytes = serializers.IntegerField(help_text="bytes that really go")
    freed_later_bytes = serializers.IntegerField(help_text="stored again within a day: they go when still unused then")
    shared_bytes = serializers.IntegerField(help_text="bytes that stay because something else needs them")
    objects = serializers.IntegerField()
    points = serializers.IntegerField()
    log_bytes = serializers.IntegerField()
    log_lines = serializers.IntegerField()
    holds = HoldAnswer(many=True)
    is_blocked = serializers.BooleanField()
    restorable_until = serializers.DateTimeField(allow_null=True)
    retention_days = serializers.IntegerField(allow_null=True)


class TrashedRunAnswer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    experiment = serializers.CharField()
    deleted_at = serializers.DateTimeField()
    deleted_by = serializers.CharField(allow_null=True)
    restorable_until = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


class TrashedExperimentAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    path = serializers.CharField()
    run_count = serializers.IntegerField()
    deleted_at = serializers.DateTimeField()
    deleted_by = serializers.CharField(allow_null=True)
    restorable_until = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


class TrashAnswer(serializers.Serializer):
    """Runs by pages; the experiments are with the first page."""

    results = TrashedRunAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    experiments = TrashedExperimentAnswer(many=True)


class KeptAnswer(serializers.Serializer):
    kind = serializers.CharField()
    count = serializers.IntegerField()
    bytes = serializers.IntegerField()
    why = serializers.CharField()


class ReceiptAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.CharField(help_text="waiting, running or done")
    cause = serializers.CharField(help_text="hand or retention")
    actor = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    runs_found = serializers.IntegerField()
    runs_removed = serializers.IntegerField()
    experiments_removed = serializers.IntegerField()
    files_removed = serializers.IntegerField()
    bytes_freed = serializers.IntegerField()
    log_bytes = serializers.IntegerField()
    points = serializers.IntegerField()
    rows = serializers.DictField(child=serializers.IntegerField())
    kept = KeptAnswer(many=True)
    problem = serializers.CharField(allow_blank=True)
    url = serializers.CharField()


class PurgedRunAnswer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    experiment = serializers.CharField()
    created_at = serializers.DateTimeField()
    files = serializers.IntegerField()
    bytes = serializers.IntegerField()


class ReceiptDetailAnswer(ReceiptAnswer):
    runs = PurgedRunAnswer(many=True)


class KindAnswer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()
    bytes = serializers.IntegerField()
    in_database = serializers.BooleanField()


class ExperimentSizeAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    path = serializers.CharField()
    runs = serializers.IntegerField()
    files = serializers.IntegerField()
    bytes = serializers.IntegerField()


class RunSizeAnswer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    experiment = serializers.CharField()
    files = serializers.IntegerField()
    bytes = serializers.IntegerField()


class TrashSizeAnswer(serializers.Serializer):
    runs = serializers.IntegerField()
    experiments = serializers.IntegerField()
    models = serializers.IntegerField()
    oldest_at = serializers.DateTimeField(allow_null=True)
    preview = PreviewAnswer()


class StorageAnswer(serializers.Serializer):
    bytes = serializers.IntegerField()
    objects = serializers.IntegerField()
    points = serializers.IntegerField()
    kinds = KindAnswer(many=True)
    experiments = ExperimentSizeAnswer(many=True)
    runs = RunSizeAnswer(many=True)
    trash = TrashSizeAnswer()
    retention_days = serializers.IntegerField(allow_null=True)


class ReceiptList(serializers.Serializer):
    results = ReceiptAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


# --- rows as JSON ----------------------------------------------------------------------------------------------------


def show_preview(preview: Preview) -> dict[str, Any]:
    return {**asdict(preview), "is_blocked": preview.is_blocked}


def show_run(run: Run) -> dict[str, Any]:
    return {
        "id": run.pk,
        "name": run.name,
        "experiment": run.experiment.path,
        "deleted_at": run.deleted_at,
        "deleted_by": str(run.deleted_by) if run.deleted_by else None,
        "restorable_until": queries.kept_until(run.deleted_at),
        "url": run.get_absolute_url(),
    }


def show_experiment(experiment: Experiment) -> dict[str, Any]:
    return {
        "id": experiment.pk,
        "path": experiment.path,
        "run_count": getattr(experiment, "run_total", 0),
        "deleted_at": experiment.deleted_at,
        "deleted_by": str(experiment.deleted_by) if experiment.deleted_by else None,
        "restorable_until": queries.kept_until(experiment.deleted_at),
        "url": experiment.get_absolute_url(),
    }


def show_receipt(purge: Purge) -> dict[str, Any]:
    return {
        "id": purge.pk,
        "state": purge.state,
        "cause": purge.cause,
        "actor": str(purge.actor) if purge.actor else None,
        "created_at": purge.created_at,
        "started_at": purge.started_at,
        "ended_at": purge.ended_at,
        "runs_found": purge.run_total,
        "runs_removed": purge.run_count,
        "experiments_removed": purge.experiment_count,
        "files_removed": purge.object_count,
        "bytes_freed": purge.bytes_freed,
        "log_bytes": purge.log_bytes,
        "points": purge.point_count,
        "rows": purge.rows,
        "kept": purge.kept,
        "problem": purge.problem,
        "url": purge.get_absolute_url(),
    }


def show_line(line: PurgedRun) -> dict[str, Any]:
    return {
        "id": line.run_id,
        "name": line.name,
        "experiment": line.experiment,
        "created_at": line.created_at,
        "files": line.file_count,
        "bytes": line.file_bytes,
    }


def show_storage(found: Storage, experiments: list[ExperimentSize], runs: list[RunSize]) -> dict[str, Any]:
    return {
        "bytes": found.bytes,
        "objects": found.objects,
        "points": found.points,
        "kinds": [asdict(kind) for kind in found.kinds],
        "experiments": [asdict(size) for size in experiments],
        "runs": [
            {
                "id": size.run.pk,
                "name": size.run.name,
                "experiment": size.run.experiment.path,
                "files": size.files,
                "bytes": size.bytes,
            }
            for size in runs
        ],
    }

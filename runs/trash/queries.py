"""What the storage page and REST read: what the store holds, the trash, the receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Count, Exists, F, Func, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from compute.jobs.models import LogChunk
from registry.mlmodels.models import ModelVersionFile
from runs.logged_models.models import LoggedModel, LoggedModelFile
from runs.tracking.metrics.models import MetricBatch, MetricChunk, MetricSummary
from runs.tracking.models import Artifact, Experiment, Run, Snapshot
from runs.trash import scopes
from runs.trash.models import Purge, PurgedRun
from studio.access.models import Workspace
from studio.errors import Gone
from studio.identifiers import is_run_id
from studio.storage.models import Blob

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing the studio keeps. `in_database`: its bytes are rows, not stored files."""

    name: str
    label: str
    count: int
    bytes: int
    in_database: bool = False


@dataclass(frozen=True, slots=True)
class ExperimentSize:
    id: int
    path: str
    runs: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class RunSize:
    run: Run
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Trash:
    runs: int
    experiments: int
    models: int
    oldest_at: datetime | None

    @property
    def is_empty(self) -> bool:
        return not (self.runs or self.experiments or self.models)


@dataclass(frozen=True, slots=True)
class Storage:
    """What a workspace holds. `bytes` are those on the store: equal files are stored once."""

    bytes: int
    objects: int
    kinds: Sequence[Kind]
    points: int
    trash: Trash


class _Bytes(Func):
    """The length of binary data, which both databases know without reading it."""

    function = "LENGTH"
    output_field = BigIntegerField()


def storage(workspace: Workspace) -> Storage:
    """What the store and the database hold of this workspace; a dozen sums in SQL."""
    total = Blob.objects.filter(workspace=workspace).aggregate(size=Coalesce(Sum("size"), 0), count=Count("pk"))
    points = MetricSummary.objects.filter(run__workspace=workspace).aggregate(total=Coalesce(Sum("count"), 0))
    kinds = (
        _files("artifacts", "Files of runs", Artifact.objects.filter(run__workspace=workspace)),
        _files("models", "Logged models", LoggedModelFile.objects.filter(model__workspace=workspace)),
        _files("versions", "Model versions", ModelVersionFile.objects.filter(version__model__workspace=workspace)),
        _snapshots(workspace),
        _rows("logs", "Logs", LogChunk.objects.filter(job__workspace=workspace)),
        _metrics(workspace),
    )
    return Storage(total["size"], total["count"], kinds, points["total"], trash(workspace))


def by_experiment(workspace: Workspace, limit: int = SHOWN) -> list[ExperimentSize]:
    """The experiments whose runs list the most bytes, the largest first; one query."""
    rows = (
        Artifact.objects.filter(run__workspace=workspace, run__deleted_at=None)
        .order_by()
        .values("run__experiment", "run__experiment__path")
        .annotate(runs=Count("run", distinct=True), files=Count("pk"), bytes=Sum("size"))
        .order_by("-bytes")[:limit]
    )
    return [
        ExperimentSize(row["run__experiment"], row["run__experiment__path"], row["runs"], row["files"], row["bytes"])
        for row in rows
    ]


def largest_runs(workspace: Workspace, limit: int = SHOWN) -> list[RunSize]:
    """The runs that list the most bytes, the largest first; two queries."""
    rows = (
        Artifact.objects.filter(run__workspace=workspace, run__deleted_at=None)
        .order_by()
        .values("run")
        .annotate(files=Count("pk"), bytes=Sum("size"))
        .order_by("-bytes")[:limit]
    )
    sizes = {row["run"]: (row["files"], row["bytes"]) for row in rows}
    runs = Run.objects.filter(pk__in=sizes).select_related("workspace", "experiment").defer("definition")
    return sorted((RunSize(run, *sizes[run.pk]) for run in runs), key=lambda size: -size.bytes)


def trash(workspace: Workspace) -> Trash:
    """How much waits in the trash."""
    thrown = Q(workspace=workspace, deleted_at__isnull=False)
    runs = Run.objects.filter(thrown, purge_number=None).aggregate(count=Count("pk"), oldest=Min("deleted_at"))
    experiments = Experiment.objects.filter(thrown).aggregate(count=Count("pk"), oldest=Min("deleted_at"))
    models = LoggedModel.objects.filter(thrown).aggregate(count=Count("pk"), oldest=Min("deleted_at"))
    moments = [row["oldest"] for row in (runs, experiments, models) if row["oldest"] is not None]
    return Trash(runs["count"], experiments["count"], models["count"], min(moments, default=None))


def trashed_runs(workspace: Workspace) -> "QuerySet[Run]":
    """The runs in the trash that were thrown away themselves, newest first.

    Left out are those that went with their parent or their experiment: they come back with it.
    """
    with_parent = Run.objects.filter(pk=OuterRef("parent"), deleted_at=OuterRef("deleted_at"))
    with_experiment = Experiment.objects.filter(pk=OuterRef("experiment"), deleted_at=OuterRef("deleted_at"))
    return (
        Run.objects.filter(workspace=workspace, deleted_at__isnull=False, purge_number=None)
        .exclude(Exists(with_parent))
        .exclude(Exists(with_experiment))
        .select_related("workspace", "experiment", "deleted_by")
        .defer("definition")
        .order_by("-deleted_at", "-id")
    )


def trashed_experiments(workspace: Workspace) -> "QuerySet[Experiment]":
    """The experiments in the trash with `run_total`, how many runs went with each; newest first."""
    with_it = Count("runs", filter=Q(runs__deleted_at=F("deleted_at"), runs__purge_number=None))
    rows = Experiment.objects.filter(workspace=workspace, deleted_at__isnull=False)
    return rows.select_related("workspace", "deleted_by").annotate(run_total=with_it).order_by("-deleted_at", "-id")


def receipts(workspace: Workspace) -> "QuerySet[Purge]":
    """Removals for good, newest first."""
    return Purge.objects.filter(workspace=workspace).select_related("workspace", "actor").order_by("-id")


def lines(purge: Purge) -> "QuerySet[PurgedRun]":
    """The runs of a receipt."""
    return PurgedRun.objects.filter(purge=purge).order_by("id")


def receipt_of(workspace: Workspace, run_id: str) -> Purge | None:
    """The receipt by which a run was removed for good."""
    found = PurgedRun.objects.filter(purge__workspace=workspace, run_id=run_id).select_related("purge__workspace")
    line = found.order_by("-id").first()
    return line.purge if line else None


def say_removed(workspace: Workspace, run_id: Any) -> None:
    """Raise Gone, naming the receipt, for a run that was removed for good."""
    receipt = receipt_of(workspace, run_id) if is_run_id(str(run_id)) else None
    if receipt is None:
        return
    when = f" on {receipt.ended_at:%Y-%m-%d}" if receipt.ended_at else ""
    raise Gone(
        "run_removed",
        f"This run was removed for good{when}.",
        hint=f"Receipt {receipt.pk} says what went with it: {settings.BASE_URL}{receipt.get_absolute_url()}",
    )


def kept_until(deleted_at: datetime | None) -> datetime | None:
    """When something in the trash goes for good; None: not by itself, or not in the trash."""
    return scopes.kept_until(deleted_at) if deleted_at else None


def _files(name: str, label: str, rows: "QuerySet[Any]") -> Kind:
    found = rows.aggregate(count=Count("pk"), size=Coalesce(Sum("size"), 0))
    return Kind(name, label, found["count"], found["size"])


def _snapshots(workspace: Workspace) -> Kind:
    rows = Snapshot.objects.filter(workspace=workspace)
    found = rows.aggregate(count=Count("pk"), size=Coalesce(Sum("blob__size"), 0))
    return Kind("snapshots", "Code snapshots", found["count"], found["size"])


def _rows(name: str, label: str, rows: "QuerySet[LogChunk]") -> Kind:
    found = rows.aggregate(count=Count("job", distinct=True), size=Coalesce(Sum(_Bytes("data")), 0))
    return Kind(name, label, found["count"], found["size"], in_database=True)


def _metrics(workspace: Workspace) -> Kind:
    size = count = 0
    for model in (MetricChunk, MetricBatch):
        rows = model._base_manager.filter(run__workspace=workspace)
        found = rows.aggregate(count=Count("pk"), size=Coalesce(Sum(_Bytes("data")), 0))
        size, count = size + found["size"], count + found["count"]
    return Kind("metrics", "Metrics", count, size, in_database=True)

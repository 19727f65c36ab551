"""What deleting would mean, before anything is deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum

from compute.jobs.models import Job
from registry.mlmodels import queries as mlmodels
from runs.traces.models import Trace
from runs.tracking.metrics.models import MetricSummary
from runs.tracking.models import Artifact, Run
from runs.trash import families, scopes, weighing
from runs.trash.scopes import Selection
from studio.access.models import Workspace

NAMED = 5  # how many of the things in the way are named


@dataclass(frozen=True, slots=True)
class Named:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Something to know before deleting. One that `is_blocking` keeps its runs from being deleted."""

    kind: str  # "live_runs", "model_versions", "traces"
    count: int
    text: str
    is_blocking: bool
    named: Sequence[Named] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """`runs` counts children too. Bytes are those of stored files; equal ones are stored, and so counted, once."""

    runs: int
    children: int
    experiments: int
    models: int
    files: int
    bytes: int
    freed_bytes: int
    freed_later_bytes: int
    shared_bytes: int
    objects: int
    points: int
    log_bytes: int
    log_lines: int
    holds: Sequence[Hold]
    restorable_until: datetime | None
    retention_days: int | None

    @property
    def is_blocked(self) -> bool:
        return any(hold.is_blocking for hold in self.holds)


def preview(workspace: Workspace, selection: Selection) -> Preview:
    """What a selection holds and what would become of it; about twenty queries however large it is."""
    runs = selection.runs
    weight = weighing.weigh(selection)
    logs = Job.objects.filter(run__in=runs.values("pk")).aggregate(size=Sum("log_size"), lines=Sum("log_lines"))
    counted = runs.aggregate(all=Count("pk"), children=Count("pk", filter=Q(parent__isnull=False)))
    points = MetricSummary.objects.filter(run__in=runs.values("pk")).aggregate(total=Sum("count"))["total"]
    keeping = scopes.retention()
    return Preview(
        runs=counted["all"],
        children=counted["children"],
        experiments=selection.experiments.count(),
        models=weighing.models_going(selection).count(),
        files=Artifact.objects.filter(run__in=runs.values("pk")).count(),
        bytes=weight.held,
        freed_bytes=weight.freed,
        freed_later_bytes=weight.later,
        shared_bytes=weight.shared,
        objects=weight.objects,
        points=points or 0,
        log_bytes=logs["size"] or 0,
        log_lines=logs["lines"] or 0,
        holds=_holds(workspace, runs),
        restorable_until=scopes.kept_until(),
        retention_days=keeping.days if keeping else None,
    )


def _holds(workspace: Workspace, runs: "QuerySet[Run]") -> list[Hold]:
    return [*_live(workspace, runs), *_versions(workspace, runs), *_traces(runs)]


def _live(workspace: Workspace, runs: "QuerySet[Run]") -> list[Hold]:
    live = runs.filter(families.LIVE, deleted_at=None)
    count = live.count()
    if not count:
        return []
    some = live.order_by("-created_at")[:NAMED]
    named = [Named(run.name, f"/w/{workspace.slug}/runs/{run.pk}/") for run in some]
    words = "1 run is still live: stop it first." if count == 1 else f"{count:,} runs are still live: stop them first."
    return [Hold("live_runs", count, words, True, named)]


def _versions(workspace: Workspace, runs: "QuerySet[Run]") -> list[Hold]:
    found = [
        version
        for some in families.portions(list(runs.values_list("pk", flat=True)))
        for versions in mlmodels.versions_from_runs(workspace, some).values()
        for version in versions
    ]
    if not found:
        return []
    named = [Named(str(version), version.get_absolute_url()) for version in found[:NAMED]]
    words = "1 registered model version" if len(found) == 1 else f"{len(found):,} registered model versions"
    stay = "stays with its files" if len(found) == 1 else "stay with their files"
    return [Hold("model_versions", len(found), f"{words} came from these runs and {stay}.", False, named)]


def _traces(runs: "QuerySet[Run]") -> list[Hold]:
    count = Trace.objects.filter(run__in=runs.values("pk")).count()
    if not count:
        return []
    words = "1 trace stays with its experiment." if count == 1 else f"{count:,} traces stay with their experiments."
    return [Hold("traces", count, words, False)]

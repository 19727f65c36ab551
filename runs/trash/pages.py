"""What the storage pages show, and what this person may do there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from runs.tracking.models import Experiment, Run
from runs.trash import queries, scopes
from runs.trash.models import Purge, PurgedRun
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.web.tabs import Tab

ROWS = 50
MOST_EXPERIMENTS = 200
MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class Can:
    delete_runs: bool
    delete_experiments: bool
    purge: bool


@dataclass(frozen=True, slots=True)
class StoragePage:
    tabs: Sequence[Tab]
    can: Can
    store: queries.Storage
    experiments: Sequence[queries.ExperimentSize]
    runs: Sequence[queries.RunSize]
    retention_days: int | None

    @property
    def largest(self) -> int:
        """What the longest bar stands for."""
        return max((kind.bytes for kind in self.store.kinds), default=0) or 1


@dataclass(frozen=True, slots=True)
class TrashedRun:
    run: Run
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TrashedExperiment:
    experiment: Experiment
    runs: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TrashPage:
    tabs: Sequence[Tab]
    can: Can
    trash: queries.Trash
    experiments: Sequence[TrashedExperiment]
    runs: Sequence[TrashedRun]
    next_url: str
    previous_url: str
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class ReceiptsPage:
    tabs: Sequence[Tab]
    receipts: Sequence[Purge]
    next_url: str
    previous_url: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    purge: Purge
    rows: Sequence[tuple[str, int]]
    lines: Sequence[PurgedRun]
    more: int
    progress: float | None


def storage_page(request: HttpRequest, workspace: Workspace) -> StoragePage:
    store = queries.storage(workspace)
    return StoragePage(
        tabs=_tabs(workspace, "storage", store.trash),
        can=can(request, workspace),
        store=store,
        experiments=queries.by_experiment(workspace),
        runs=queries.largest_runs(workspace),
        retention_days=_days(),
    )


def trash_page(request: HttpRequest, workspace: Workspace) -> TrashPage:
    held = queries.trash(workspace)
    cursor = request.GET.get("cursor", "")
    found = pagination.page_of(queries.trashed_runs(workspace), order=("-deleted_at", "-id"), cursor=cursor, limit=ROWS)
    experiments = [] if cursor else queries.trashed_experiments(workspace)[:MOST_EXPERIMENTS]
    return TrashPage(
        tabs=_tabs(workspace, "storage-trash", held),
        can=can(request, workspace),
        trash=held,
        experiments=[
            TrashedExperiment(one, getattr(one, "run_total", 0), queries.kept_until(one.deleted_at))
            for one in experiments
        ],
        runs=[TrashedRun(run, queries.kept_until(run.deleted_at)) for run in found.rows],
        next_url=_address(request, found.next),
        previous_url=_address(request, found.previous),
        retention_days=_days(),
    )


def receipts_page(request: HttpRequest, workspace: Workspace) -> ReceiptsPage:
    rows = queries.receipts(workspace)
    found = pagination.page_of(rows, order=("-id",), cursor=request.GET.get("cursor", ""), limit=ROWS)
    return ReceiptsPage(
        tabs=_tabs(workspace, "storage-receipts", queries.trash(workspace)),
        receipts=found.rows,
        next_url=_address(request, found.next),
        previous_url=_address(request, found.previous),
    )


def receipt_page(purge: Purge) -> ReceiptPage:
    lines = list(queries.lines(purge)[:MOST_LINES])
    return ReceiptPage(
        purge=purge,
        rows=sorted(purge.rows.items(), key=lambda item: (-item[1], item[0])),
        lines=lines,
        more=max(purge.run_total - len(lines), 0),
        progress=purge.run_count / purge.run_total if purge.run_total else None,
    )


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        delete_runs=access.allows(request, Permission.RUN_DELETE, workspace),
        delete_experiments=access.allows(request, Permission.EXPERIMENT_DELETE, workspace),
        purge=access.allows(request, Permission.STORAGE_PURGE, workspace),
    )


def _tabs(workspace: Workspace, current: str, held: queries.Trash) -> list[Tab]:
    ways = (
        ("storage", "Overview", "hard-drive", None),
        ("storage-trash", "Trash", "trash", (held.runs + held.experiments) or None),
        ("storage-receipts", "Receipts", "scroll-text", None),
    )
    return [
        Tab(label, icon, reverse(name, args=[workspace.slug]), name == current, count)
        for name, label, icon, count in ways
    ]


def _days() -> int | None:
    keeping = scopes.retention()
    return keeping.days if keeping else None


def _address(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""

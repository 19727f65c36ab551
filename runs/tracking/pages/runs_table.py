"""The runs table: which columns, which rows, and what this person may do with them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest

from runs.tracking.models import Experiment, RunState
from runs.tracking.pages import palette
from runs.tracking.queries import runs as run_queries
from studio import access
from studio.access import Permission
from studio.access.models import Workspace

AGGREGATES = ("last", "min", "max", "best", "mean")
SHOWN_METRICS = 4
SHOWN_PARAMS = 4
MAX_COLUMNS = 80
PAGE_SIZES = (50, 100, 200)
LIVE = "live"
STATE_GROUPS: dict[str, tuple[str, ...]] = {
    "": (),
    LIVE: (RunState.QUEUED, RunState.PREPARING, RunState.RUNNING, RunState.FINALIZING),
    "completed": (RunState.COMPLETED,),
    "failed": (RunState.FAILED,),
    "canceled": (RunState.CANCELED,),
    "created": (RunState.CREATED,),
}


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A button of the bar that appears when rows are selected; without a permission it is for everybody."""

    value: str
    label: str
    icon: str
    permission: Permission | None = None


BULK_ACTIONS = (
    BulkAction("compare", "Compare", "git-compare"),
    BulkAction("tag", "Tag", "tag", Permission.RUN_EDIT),
    BulkAction("stop", "Stop", "square", Permission.RUN_STOP),
    BulkAction("archive", "Archive", "archive", Permission.RUN_ARCHIVE),
    BulkAction("restore", "Restore", "archive-restore", Permission.RUN_ARCHIVE),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One chosen column: `metric:loss.last`, `param:lr` or `tag:team`."""

    spec: str
    kind: str
    key: str
    aggregate: str = ""
    is_number: bool = True

    @property
    def label(self) -> str:
        return self.key if self.aggregate in ("", "last") else f"{self.key} {self.aggregate}"

    @property
    def is_sortable(self) -> bool:
        return self.kind in ("metric", "param") and self.aggregate not in ("best", "mean")


@dataclass(frozen=True, slots=True)
class Choice:
    """A state filter as a link of the toolbar."""

    value: str
    label: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class TableActions:
    submit: bool
    bulk: Sequence[BulkAction]


@dataclass(frozen=True, slots=True)
class RunsTable:
    rows: Sequence[run_queries.RunRow]
    colours: Mapping[str, palette.Colour]
    columns: Sequence[Column]
    available: Sequence[Column]
    choices: Sequence[Choice]
    sort: str
    text: str
    state: str
    is_archived: bool
    next_cursor: str
    previous_cursor: str
    is_filtered: bool
    shows_experiment: bool
    can: TableActions

    @property
    def shown_specs(self) -> list[str]:
        """The chosen columns as the picker's boxes know them."""
        return [column.spec for column in self.columns]


def runs_table(request: HttpRequest, workspace: Workspace, *, experiment: Experiment | None = None) -> RunsTable:
    """The page of runs that the query string asks for. Raises Invalid for a filter that makes no sense."""
    asked = request.GET
    state = asked.get("state", "") if asked.get("state", "") in STATE_GROUPS else ""
    archived = asked.get("archived") == "1"
    filters = run_queries.RunFilters(
        experiment=experiment.path if experiment else asked.get("experiment", ""),
        states=STATE_GROUPS[state],
        text=asked.get("q", "").strip(),
        tags=tuple(asked.getlist("tag")),
        is_archived=archived,
        sort=asked.get("sort") or "-created",
        limit=_page_size(asked.get("limit", "")),
        cursor=asked.get("cursor", ""),
    )
    found = run_queries.run_rows(workspace, filters)
    available = _available(found.rows)
    return RunsTable(
        rows=found.rows,
        colours=palette.colours((row.run.pk, row.run.name) for row in found.rows),
        columns=_aligned(_chosen(asked.getlist("columns"), available), found.rows),
        available=available,
        choices=[Choice(value, _label(value), value == state) for value in STATE_GROUPS],
        sort=filters.sort,
        text=filters.text,
        state=state,
        is_archived=archived,
        next_cursor=found.next_cursor,
        previous_cursor=found.previous_cursor,
        is_filtered=bool(filters.text or filters.states or filters.tags or archived),
        shows_experiment=experiment is None,
        can=_actions(request, workspace, archived),
    )


def parse_column(spec: str) -> Column | None:
    """A column from its text; None when it is none."""
    kind, _, key = spec.partition(":")
    if kind not in ("metric", "param", "tag") or not key:
        return None
    if kind != "metric":
        return Column(spec, kind, key)
    name, _, aggregate = key.rpartition(".")
    if name and aggregate in AGGREGATES:
        return Column(spec, kind, name, aggregate)
    return Column(f"{spec}.last", kind, key, "last")


def _available(rows: Sequence[run_queries.RunRow]) -> list[Column]:
    """Every metric, parameter and tag of the rows at hand: metrics first, and what most rows have before the rest."""
    metrics = Counter(key for row in rows for key in row.metrics if not key.startswith("system/"))
    params = Counter(key for row in rows for key in row.params)
    tags = Counter(key for row in rows for key in row.tags)
    columns = [Column(f"metric:{key}.last", "metric", key, "last") for key in _common_first(metrics)]
    columns += [Column(f"param:{key}", "param", key) for key in _common_first(params)]
    return columns + [Column(f"tag:{key}", "tag", key) for key in _common_first(tags)]


def _common_first(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda key: (-counts[key], key))


def _chosen(asked: Sequence[str], available: Sequence[Column]) -> list[Column]:
    """The columns the address names (an empty one among them means none), else the first few of what there is."""
    if asked:
        parsed = [parse_column(spec) for spec in asked if spec]
        return [column for column in parsed if column is not None][:MAX_COLUMNS]
    metrics = [column for column in available if column.kind == "metric"][:SHOWN_METRICS]
    return metrics + [column for column in available if column.kind == "param"][:SHOWN_PARAMS]


def _aligned(columns: Iterable[Column], rows: Sequence[run_queries.RunRow]) -> list[Column]:
    """Parameters and tags are set as numbers when every value of the page is one."""
    return [
        column if column.kind == "metric" else replace(column, is_number=_all_numbers(column, rows))
        for column in columns
    ]


def _all_numbers(column: Column, rows: Sequence[run_queries.RunRow]) -> bool:
    values = [(row.params if column.kind == "param" else row.tags).get(column.key) for row in rows]
    return all(_is_number(value) for value in values if value is not None)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _actions(request: HttpRequest, workspace: Workspace, archived: bool) -> TableActions:
    hidden = "archive" if archived else "restore"
    bulk = [
        action
        for action in BULK_ACTIONS
        if action.value != hidden
        and (action.permission is None or access.allows(request, action.permission, workspace))
    ]
    return TableActions(submit=access.allows(request, Permission.RUN_SUBMIT, workspace), bulk=bulk)


def _page_size(text: str) -> int:
    return int(text) if text in {str(size) for size in PAGE_SIZES} else PAGE_SIZES[0]


def _label(state: str) -> str:
    return state.capitalize() if state else "All"

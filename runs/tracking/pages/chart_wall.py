"""The page of charts: which runs it shows, and what its browser may ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from runs.tracking import search
from runs.tracking.charts import bands, catalogue, lines, wall
from runs.tracking.charts.lines import METRIC, RELATIVE, WALL, Question
from runs.tracking.metrics.reducing import STEP
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.api import pagination
from studio.errors import Invalid

FIRST_RUNS = 50  # of an experiment, the newest: what its charts show unless somebody chose
MOST_BUCKETS = 4_000
_LARGEST = 2.0**62


@dataclass(frozen=True, slots=True)
class Board:
    """What a wall of charts is told by the page: where its numbers come from, and how it begins."""

    catalogue_url: str
    lines_url: str
    values_url: str
    csv_url: str
    media_url: str
    content_url: str
    query: str  # what names the runs: `ids=…`, or `experiment=…&filter=…`
    scope: str = ""
    is_single: bool = False
    follows_grid: bool = False


def board(
    workspace: Workspace, *, ids: Sequence[str] = (), experiment: str = "", filter: str = "", scope: str = "",
    is_single: bool = False, follows_grid: bool = False,
) -> Board:  # fmt: skip
    """A wall of the named runs, or of an experiment's that match a filter.

    `scope` is "run" for the charts of one run and "system" for its system's. With `follows_grid` it shows the runs
    that the grid beside it shows.
    """
    named = {"ids": ",".join(ids)} if ids else {"experiment": experiment, "filter": filter}
    query = urlencode({name: value for name, value in {**named, "scope": scope}.items() if value})

    def address(name: str) -> str:
        return reverse(name, kwargs={"workspace": workspace.slug})

    return Board(
        catalogue_url=address("chart-catalogue"),
        lines_url=address("chart-lines"),
        values_url=address("chart-values"),
        csv_url=address("metrics-csv"),
        media_url=address("chart-media"),
        content_url=address("chart-media-content"),
        query=query,
        scope=scope,
        is_single=is_single,
        follows_grid=follows_grid,
    )


def runs_of(workspace: Workspace, visible: "QuerySet[Run]", query: QueryDict, person: User | None = None) -> list[Run]:
    """The runs of `ids=a,b`, in that order, or the first of `experiment=…&filter=…`; those not to be seen are left out."""
    ids = ids_in(query) if "ids" in query else _found(workspace, query, person)
    known = visible.filter(pk__in=ids).select_related("workspace", "experiment", "created_by").defer("definition")
    found = {run.pk: run for run in known}
    return [found[name] for name in ids if name in found]


def ids_in(query: QueryDict) -> list[str]:
    """The runs named in an address, each once. Raises Invalid for more than can be drawn."""
    ids = list(dict.fromkeys(name for name in query.get("ids", "").split(",") if name))
    if len(ids) > lines.MOST_RUNS:
        raise Invalid("too_many_runs", f"At most {lines.MOST_RUNS:,} runs can be drawn at once.")
    return ids


def _found(workspace: Workspace, query: QueryDict, person: User | None) -> list[str]:
    """The first runs that match, in the order of the query. Raises SearchError."""
    wanted = search.Query(
        filter=query.get("filter", ""),
        experiments=catalogue.experiments_below(workspace, query.get("experiment", "")),
        order=query.getlist("order"),
        archived=None if query.get("archived") == "all" else False,
        person=person,
        limit=whole(query, "limit", FIRST_RUNS, 1, lines.MOST_RUNS),
    )
    return search.find(workspace, wanted).ids


def question(query: QueryDict) -> Question:
    """What a query string asks for. Raises Invalid naming the parameter that makes no sense."""
    keys, expressions = query.getlist("key"), query.getlist("expression")
    if not keys and not expressions:
        raise Invalid("invalid_key", "Name at least one metric.", fields={"key": "Name a metric."})
    x = query.get("x", STEP)
    if x not in (STEP, RELATIVE, WALL) and not (x.startswith(METRIC) and x != METRIC):
        message = "The x axis is step, relative, wall or metric:NAME."
        raise Invalid("invalid_axis", message, fields={"x": "Unknown axis."})
    after = _number(query, "after")
    return Question(
        keys=list(dict.fromkeys(keys)),
        expressions=list(dict.fromkeys(expressions)),
        x=x,
        buckets=whole(query, "buckets", 800, 10, MOST_BUCKETS),
        low=_number(query, "min"),
        high=_number(query, "max"),
        after=None if after is None else int(after),
        is_fine=query.get("fine") == "1",
    )


def grouping(query: QueryDict) -> wall.Grouping | None:
    """How lines are put together; None: not at all. Raises Invalid."""
    field = query.get("group", "")
    if not field:
        return None
    centre, spread = query.get("centre", "mean"), query.get("spread", "std")
    if centre not in bands.CENTRES or spread not in bands.SPREADS:
        message = f"A group's line is {' or '.join(bands.CENTRES)}, its band {', '.join(bands.SPREADS)}."
        raise Invalid("invalid_band", message, fields={"spread": message})
    return wall.Grouping(field, centre, spread)


def whole(query: QueryDict, name: str, default: int, least: int, most: int) -> int:
    """A whole number of the query, kept within its bounds. Raises Invalid when it is none."""
    text = query.get(name, "")
    if not text:
        return default
    number = pagination.whole_number(name, text, minimum=-(2**63), maximum=2**63 - 1)
    return min(max(number, least), most)


def _number(query: QueryDict, name: str) -> float | None:
    text = query.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
        if abs(value) < _LARGEST:
            return value
    except ValueError:
        pass
    raise Invalid("invalid_range", f"'{name}' must be a number below 2^62.", fields={name: "Not such a number."})

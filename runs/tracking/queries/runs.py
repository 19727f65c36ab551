"""Runs as lists show them, and one run whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least, Lower

from compute.jobs import queries as job_queries
from compute.jobs.models import LIVE_STATES, Job, JobEvent
from runs.tracking.data.models import RunOutput
from runs.tracking.metrics import queries as metric_queries
from runs.tracking.metrics.queries import Summary
from runs.tracking.models import Param, Run, RunInput, RunState, Tag
from runs.tracking.queries import failure as failures
from runs.tracking.queries import job_data
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.api import pagination
from studio.errors import Invalid, NotFound

MAX_TERMS = 20
MAX_TEXT = 400
MAX_TAGS = 20
MAX_CHILDREN = 100
MAX_EVENTS = 1000
NO_PARENT = "none"
LARGEST = 1e308


@dataclass(frozen=True, slots=True)
class RunFilters:
    """What to list and how. Empty fields don't filter."""

    experiment: str = ""  # a path; its sub-paths are included
    states: tuple[str, ...] = ()  # of RunState, or "live"
    text: str = ""  # words, each in the name, the id, a tag or a parameter
    tags: tuple[str, ...] = ()  # "key" or "key:value"
    parent: str = ""  # a run id: its children; "none": runs without a parent
    created_by: str = ""  # a person's id or e-mail address
    is_archived: bool | None = False  # None: both
    sort: str = "-created"
    limit: int = 50
    cursor: str = ""
    metrics: tuple[str, ...] | None = None  # the metrics to show; None: all
    filter: str = ""  # in the search language
    person: User | None = None  # who `me` is in it


@dataclass(frozen=True, slots=True)
class RunRow:
    run: Run
    params: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, Summary]
    child_count: int


@dataclass(frozen=True, slots=True)
class RunRows:
    """One page; an empty cursor means there is no such page."""

    rows: list[RunRow]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class RunDetail:
    run: Run
    job: Job | None
    params: list[Param]
    tags: list[Tag]
    inputs: list[RunInput]
    outputs: list[RunOutput]
    ancestors: list[Run]  # from the top down
    children: list[Run]
    child_count: int
    failure: "failures.Failure | None"
    waiting: str  # why a queued run waits, in plain words


@dataclass(frozen=True, slots=True)
class _Sort:
    order: tuple[str, ...]
    annotations: dict[str, object]


class _Seconds(Func):
    """Seconds between two times, as a float, in both databases."""

    output_field = FloatField()

    def as_sqlite(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        template = "((julianday(%(expressions)s)) * 86400.0)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **context)

    def as_postgresql(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        return self.as_sql(
            compiler, connection, template="EXTRACT(EPOCH FROM (%(expressions)s))", arg_joiner=" - ", **context
        )


def run_rows(workspace: Workspace, filters: RunFilters) -> RunRows:
    """One page of the workspace's runs with parameters, tags and metric summaries, in four queries.

    What is asked or ordered in the search language, by metrics and parameters too, is for `queries.found`.
    """
    sort = _sort(filters.sort)
    rows = matching(workspace, filters).annotate(child_total=child_count(), **sort.annotations)
    page = pagination.page_of(rows, order=sort.order, cursor=filters.cursor, limit=filters.limit)
    return RunRows(rows_of(page.rows, filters.metrics), page.next, page.previous)


def matching(workspace: Workspace, filters: RunFilters) -> "QuerySet[Run]":
    """The runs the filters let through, in no order."""
    rows = in_workspace(workspace).order_by()
    if filters.experiment:
        rows = rows.filter(below_path("experiment__path", filters.experiment))
    elif filters.is_archived is False:
        rows = rows.filter(experiment__is_archived=False)
    if filters.is_archived is not None:
        rows = rows.filter(is_archived=filters.is_archived)
    if filters.states:
        rows = rows.filter(state__in=states_of(filters.states))
    if filters.parent:
        rows = rows.filter(parent=None) if filters.parent == NO_PARENT else rows.filter(parent=filters.parent)
    if filters.created_by:
        rows = rows.filter(_author(filters.created_by))
    for word in words_of(filters.text):
        rows = rows.filter(_mentions(word))
    return _tagged(rows, filters.tags)


def in_workspace(workspace: Workspace) -> "QuerySet[Run]":
    """The workspace's runs with what every list shows of them; those in the trash are left out."""
    return (
        Run.objects.in_workspace(workspace)
        .filter(deleted_at=None)
        .select_related("workspace", "experiment", "created_by", "job", "job__target", "snapshot")
        .defer("definition", "job__spec", "snapshot__manifest")
    )


def one(run_id: str) -> Run:
    """A run known to exist, with all that is shown of it."""
    related = ("workspace", "experiment", "created_by", "job", "job__target", "snapshot", "environment", "parent")
    return Run.objects.select_related(*related).get(pk=run_id)


def rows_of(runs: Sequence[Run], metrics: Sequence[str] | None = None) -> list[RunRow]:
    """Runs with their parameters, tags and metric summaries, in three queries however many they are."""
    ids = [run.pk for run in runs]
    params: dict[str, dict[str, str]] = {}
    tags: dict[str, dict[str, str]] = {}
    for run_id, key, value in Param.objects.filter(run__in=ids).values_list("run_id", "key", "value"):
        params.setdefault(run_id, {})[key] = value
    for run_id, key, value in Tag.objects.filter(run__in=ids).values_list("run_id", "key", "value"):
        tags.setdefault(run_id, {})[key] = value
    summaries = metric_queries.summaries_of(ids, metrics) if ids else {}
    return [
        RunRow(
            run=run,
            params=params.get(run.pk, {}),
            tags=tags.get(run.pk, {}),
            metrics=summaries.get(run.pk, {}),
            child_count=getattr(run, "child_total", 0),
        )
        for run in runs
    ]


def run_detail(run: Run) -> RunDetail:
    """One run with all that its overview shows."""
    job = run.job
    children = in_workspace(run.workspace).filter(parent=run).order_by("-created_at", "-id")
    return RunDetail(
        run=run,
        job=job,
        params=list(run.params.all()),
        tags=list(run.tags.all()),
        inputs=list(run.inputs.select_related("blob", "snapshot", "data_version__asset__workspace")),
        outputs=list(job_data.outputs_of(run)),
        ancestors=ancestors_of(run),
        children=list(children[:MAX_CHILDREN]),
        child_count=children.count(),
        failure=failures.failure_of(run),
        waiting=job_queries.why_waiting(job) if job is not None and run.state == RunState.QUEUED else "",
    )


def ancestors_of(run: Run) -> list[Run]:
    """The runs above this one, from the top down."""
    found: list[Run] = []
    above = run.parent
    while above is not None and len(found) < MAX_CHILDREN:
        found.append(above)
        above = above.parent
    return found[::-1]


def job_events(run: Run) -> list[JobEvent]:
    """The transitions of the run's job, oldest first."""
    if run.job is None:
        return []
    return list(run.job.events.select_related("actor").order_by("id")[:MAX_EVENTS])


def recent_runs(workspace: Workspace, limit: int = 8) -> list[Run]:
    """The newest runs, archived ones left out."""
    return list(in_workspace(workspace).filter(is_archived=False, parent=None).order_by("-created_at", "-id")[:limit])


def live_runs(workspace: Workspace, limit: int = 50) -> list[Run]:
    """What is queued or runs now, newest first."""
    states = [RunState.QUEUED, *LIVE_STATES]
    return list(in_workspace(workspace).filter(state__in=states, parent=None).order_by("-created_at", "-id")[:limit])


def below_path(field: str, path: str) -> Q:
    """The experiment of this path, as it stands there or without slashes at its ends, and those below it."""
    plain = path.strip("/")
    return Q(**{f"{field}__in": {path, plain}}) | Q(**{f"{field}__startswith": plain + "/"})


def child_count() -> Coalesce:
    """How many runs stand directly below a run, as an annotation."""
    below = (
        Run.objects.filter(parent=OuterRef("pk"), deleted_at=None)
        .order_by()
        .values("parent")
        .annotate(total=Count("pk"))
    )
    return Coalesce(Subquery(below.values("total"), output_field=IntegerField()), 0)


def states_of(wanted: Sequence[str]) -> list[str]:
    found: list[str] = []
    for state in wanted:
        if state == "live":
            found += [RunState.QUEUED, *LIVE_STATES]
        elif state in RunState.values:
            found.append(state)
        else:
            known = ", ".join([*RunState.values, "live"])
            raise _invalid("state", f"There is no state {state[:30]!r}; there is {known}.")
    return found


def _author(person: str) -> Q:
    if person.isascii() and person.isdigit() and len(person) < 19:
        return Q(created_by=int(person))
    return Q(created_by__email__iexact=person)


def words_of(text: str) -> list[str]:
    if len(text) > MAX_TEXT or len(text.split()) > MAX_TERMS:
        raise _invalid("q", f"A search has at most {MAX_TERMS} words and {MAX_TEXT} characters.")
    return text.split()


def _mentions(word: str) -> Q:
    tags = Tag.objects.filter(Q(key__icontains=word) | Q(value__icontains=word)).values("run")
    params = Param.objects.filter(Q(key__icontains=word) | Q(value__icontains=word)).values("run")
    return Q(name__icontains=word) | Q(pk__startswith=word.lower()) | Q(pk__in=tags) | Q(pk__in=params)


def _tagged(rows: "QuerySet[Run]", tags: Sequence[str]) -> "QuerySet[Run]":
    if len(tags) > MAX_TAGS:
        raise _invalid("tag", f"At most {MAX_TAGS} tags can be asked for at once.")
    for tag in tags:
        key, has_value, value = tag.partition(":")
        having = Tag.objects.filter(key=key, value=value) if has_value else Tag.objects.filter(key=key)
        rows = rows.filter(pk__in=having.values("run"))
    return rows


def _sort(wanted: str) -> _Sort:
    """The order of a list from its name."""
    sign = "-" if wanted.startswith("-") else ""
    name = wanted.removeprefix("-")
    if name == "created":
        return _Sort((f"{sign}created_at", f"{sign}id"), {})
    if name == "name":
        return _Sort((f"{sign}sort_value", f"{sign}id"), {"sort_value": Lower("name")})
    if name == "state":
        return _Sort((f"{sign}state", f"{sign}id"), {})
    if name == "duration":
        return _nullable(sign, _Seconds(F("ended_at"), F("started_at")))
    raise _invalid(
        "sort", "Sort by created, name, state, duration, metric:<key> or param:<key>, with - for descending."
    )


def _nullable(sign: str, value: object) -> _Sort:
    """Rows without a value come last in either direction."""
    return _Sort(
        ("sort_missing", f"{sign}sort_value", f"{sign}id"),
        {
            "sort_raw": value,
            "sort_missing": Case(When(sort_raw__isnull=True, then=Value(1)), default=Value(0)),
            # Infinity has no place in a cursor.
            "sort_value": Least(
                Greatest(Coalesce(F("sort_raw"), Value(0.0), output_field=FloatField()), Value(-LARGEST)),
                Value(LARGEST),
            ),
        },
    )


def _invalid(field: str, message: str) -> Invalid:
    return Invalid("bad_parameter", message, fields={field: message})


def find(workspace: Workspace, name: str) -> str:
    """The id of a run of the workspace, for the lineage. Raises NotFound."""
    found = Run.objects.filter(workspace=workspace, pk=name).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("not_found", f"There is no run {name[:40]!r} in this workspace.")
    return str(found)

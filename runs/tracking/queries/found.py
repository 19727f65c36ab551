"""Pages of runs by the search language, with the simple parameters of the list beside it."""

from runs.tracking import search
from runs.tracking.models import Experiment, Run
from runs.tracking.queries import runs as run_queries
from runs.tracking.queries.runs import RunFilters, RunRows
from runs.tracking.search.fields import TAILS
from studio.access.models import Workspace
from studio.search import Compare, Field, Items, Node, Text, Words, writing

# The list's own names of its orders, in the language.
ORDERS = {"created": "start_time", "name": "run_name", "state": "status", "duration": "duration"}
FAMILIES = {"metric": "metrics", "param": "params"}


def is_plain_sort(sort: str) -> bool:
    """Whether the list sorts by itself, and its pages are walked both ways."""
    return sort.removeprefix("-") in ORDERS


def rows(workspace: Workspace, filters: RunFilters) -> RunRows:
    """One page: by the simple parameters alone, or by the language as well, whose pages are walked forwards only."""
    if filters.filter or not is_plain_sort(filters.sort):
        return _found(workspace, filters)
    return run_queries.run_rows(workspace, filters)


def _found(workspace: Workspace, filters: RunFilters) -> RunRows:
    experiments = _experiments(workspace, filters.experiment)
    if filters.experiment and not experiments:
        return RunRows([], "", "")
    query = search.Query(
        filter=filters.filter,
        experiments=experiments,
        order=_order(filters.sort),
        archived=filters.is_archived,
        person=filters.person,
        parent=filters.parent,
        limit=filters.limit,
        token=filters.cursor,
        also=tuple(_conditions(filters)),
    )
    page = search.find(workspace, query)
    return RunRows(run_queries.rows_of(_runs(workspace, page.ids), filters.metrics), page.next_token, "")


def _runs(workspace: Workspace, ids: list[str]) -> list[Run]:
    there = run_queries.in_workspace(workspace).filter(pk__in=ids).annotate(child_total=run_queries.child_count())
    found = {run.pk: run for run in there.order_by()}
    return [found[run_id] for run_id in ids if run_id in found]


def _experiments(workspace: Workspace, path: str) -> list[int]:
    if not path:
        return []
    below = run_queries.below_path("path", path)
    return list(Experiment.objects.filter(below, workspace=workspace).values_list("pk", flat=True))


def _order(sort: str) -> str:
    """An order in the language; the list's usual one is the language's usual one."""
    if sort == "-created":
        return ""
    name, direction = sort.removeprefix("-"), " DESC" if sort.startswith("-") else ""
    kind, _, key = name.partition(":")
    if name in ORDERS:
        return ORDERS[name] + direction
    if kind not in FAMILIES or not key:
        return sort
    tail = key.rpartition(".")[2] if kind == "metric" else ""
    is_split = tail in TAILS and tail != key
    return writing.write_field(Field(FAMILIES[kind], key, tail=tail if is_split else "", is_split=is_split)) + direction


def _conditions(filters: RunFilters) -> list[Node]:
    found: list[Node] = [Words(word) for word in run_queries.words_of(filters.text)]
    if filters.states:
        states = Items(tuple(Text(state) for state in run_queries.states_of(filters.states)))
        found.append(Compare(Field("attributes", "status"), "IN", states))
    if filters.created_by:
        found.append(Compare(Field("attributes", "user_id"), "=", Text(filters.created_by)))
    for tag in filters.tags:
        key, has_value, value = tag.partition(":")
        field = Field("tags", key)
        found.append(Compare(field, "=", Text(value)) if has_value else Compare(field, "IS NOT NULL", None))
    return found

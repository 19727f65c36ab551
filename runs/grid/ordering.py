"""All the runs a question is about, in its order."""

import math
from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet

from runs.grid import values
from runs.grid.columns import ATTRIBUTE
from runs.grid.query import GridQuery, Order
from runs.grid.values import Value
from runs.tracking import search
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User


def matching(workspace: Workspace, query: GridQuery, person: User) -> "QuerySet[Run]":
    """The runs the question is about, in no order. Raises SearchError for a filter that can't be read."""
    rows = search.queryset(workspace, search.Query(filter=query.filter, archived=query.archived, person=person))
    if query.experiment:
        below = Q(experiment__path=query.experiment) | Q(experiment__path__startswith=query.experiment + "/")
        return rows.filter(below)
    return rows if query.archived else rows.filter(experiment__is_archived=False)


def ordered_ids(workspace: Workspace, query: GridQuery, person: User) -> list[str]:
    """Their ids in the question's order, the newest first where it says nothing else."""
    found = matching(workspace, query, person)
    order = list(query.order)
    if not order:
        return list(found.order_by("-created_at", "-pk").values_list("pk", flat=True))
    if _is_by_time(order):
        sign = "-" if order[0].descending else ""
        return list(found.order_by(f"{sign}created_at", f"{sign}pk").values_list("pk", flat=True))
    ids = list(found.order_by("-created_at", "-pk").values_list("pk", flat=True))
    # Sorting is stable: the last key first.
    for one in reversed(order):
        ids = _sorted(ids, values.column_of(workspace, one.column, ids), one)
    return ids


def _is_by_time(order: Sequence[Order]) -> bool:
    return len(order) == 1 and order[0].column.kind == ATTRIBUTE and order[0].column.key == "created"


def _sorted(ids: Sequence[str], found: Mapping[str, Value], order: Order) -> list[str]:
    """Numbers by size, then texts by letter, then what is not a number, then runs without a value, either way round."""
    numbers: list[tuple[float, str]] = []
    texts: list[tuple[str, str]] = []
    odd: list[str] = []
    missing: list[str] = []
    reads_numbers = order.column.kind != ATTRIBUTE  # a run called 7e3 is no number
    for run_id in ids:
        value = found.get(run_id)
        number = value if isinstance(value, float) else values.as_number(value) if reads_numbers else None
        if value is None:
            missing.append(run_id)
        elif number is None:
            texts.append((str(value).casefold(), run_id))
        elif math.isnan(number):
            odd.append(run_id)
        else:
            numbers.append((number, run_id))
    numbers.sort(key=lambda pair: pair[0], reverse=order.descending)
    texts.sort(key=lambda pair: pair[0], reverse=order.descending)
    return [run_id for _, run_id in numbers] + [run_id for _, run_id in texts] + odd + missing

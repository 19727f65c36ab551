"""The metrics a search names, looked up once in the workspace."""

from collections.abc import Iterable
from dataclasses import dataclass

from runs.tracking.metrics.models import MetricKey
from runs.tracking.search.fields import TAILS
from studio.access.models import Workspace
from studio.search import And, Compare, Field, Node, Not, Or, order

METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's number and the column of its summary that is meant."""

    key_id: int
    column: str


class Metrics:
    """What the metric fields of a filter and an order mean in a workspace, asked in one query."""

    def __init__(self, workspace: Workspace, fields: Iterable[Field]) -> None:
        wanted = {name for field in fields for name in _names(field)}
        rows = MetricKey.objects.filter(workspace=workspace, name__in=wanted) if wanted else MetricKey.objects.none()
        self._known = {name: (pk, goal) for pk, name, goal in rows.values_list("pk", "name", "goal")}

    def of(self, field: Field) -> Metric | None:
        """None where no run has logged it. A metric whose own name ends in `.max` wins over the maximum of another."""
        if not field.is_split and field.key in self._known:
            return Metric(self._known[field.key][0], "last")
        if field.tail in TAILS and field.head in self._known:
            key_id, goal = self._known[field.head]
            return Metric(key_id, (goal or "last") if field.tail == "best" else field.tail)
        if field.is_split and field.tail not in TAILS and field.key in self._known:
            return Metric(self._known[field.key][0], "last")
        return None


def fields_of(node: Node | None, orders: Iterable[order.Order] = ()) -> list[Field]:
    """The metric fields a filter and an order name."""
    found = [one.field for one in orders]
    waiting = [node] if node is not None else []
    while waiting:
        part = waiting.pop()
        if isinstance(part, And | Or):
            waiting += part.parts
        elif isinstance(part, Not):
            waiting.append(part.part)
        elif isinstance(part, Compare):
            found.append(part.field)
    return [field for field in found if field.family == METRICS]


def _names(field: Field) -> set[str]:
    names = {field.key}
    if field.tail in TAILS:
        names.add(field.head)
    return names

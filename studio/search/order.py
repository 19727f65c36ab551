"""The order of a list: `metrics.loss DESC, params."batch size", start_time`, as in MLflow's `order_by`."""

from dataclasses import dataclass

from studio.search import parsing
from studio.search.tree import Field
from studio.search.writing import write_field


@dataclass(frozen=True, slots=True)
class Order:
    field: Field
    descending: bool = False


def parse(text: str) -> list[Order]:
    """The order's parts; a name that begins with `-` descends too. Raises SearchError."""
    return [Order(field, descending) for field, descending in parsing.parse_order(text)]


def write(orders: list[Order]) -> str:
    """A text that parses to the same order."""
    return ", ".join(f"{write_field(order.field)}{' DESC' if order.descending else ''}" for order in orders)

"""The order of a search for logged models, and what comes after a row in it.

Missing values are last, whichever way. At the end come the newest first and the id, so that no two rows are equal.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from runs.logged_models.columns import FIELDS, METRICS, TEXTS, TIMES, OnDataset, of_dataset
from studio.errors import Invalid
from studio.search import sql
from studio.search.fields import ATTRIBUTES
from studio.search.sql import Sql

MOST = 20
ALWAYS_THERE = (*TIMES, *(name for name in TEXTS if name != "source_run_id"))


@dataclass(frozen=True, slots=True)
class OrderBy:
    """`field` is an attribute or `metrics.<key>`; a metric may be that of one dataset."""

    field: str
    ascending: bool = True
    dataset: OnDataset | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A value of a model `m` that rows are sorted by, and what it is called in the result."""

    name: str
    value: Sql
    ascending: bool
    may_be_missing: bool = True

    @property
    def order(self) -> str:
        last = f"CASE WHEN {self.name} IS NULL THEN 1 ELSE 0 END, " if self.may_be_missing else ""
        return f"{last}{self.name} {'ASC' if self.ascending else 'DESC'}"


def columns(orders: Sequence[OrderBy]) -> list[Column]:
    """What to sort by; the id is the last. Raises Invalid for a field that can't be sorted by."""
    if len(orders) > MOST:
        raise _bad(f"At most {MOST} fields can be sorted by (got {len(orders)}).")
    found = [_column(f"c{number}", order) for number, order in enumerate(orders)]
    newest_first = Column("made", Sql(TIMES["creation_time"]), ascending=False, may_be_missing=False)
    return [*found, newest_first, Column("id", Sql("m.id"), ascending=True, may_be_missing=False)]


def order_by(columns: Sequence[Column]) -> str:
    return ", ".join(column.order for column in columns)


def behind(columns: Sequence[Column], row: Sequence[Any]) -> Sql:
    """The condition for what comes after `row`: equal in the first columns and later in the next."""
    ways = []
    for number, column in enumerate(columns):
        equal = [_equal(*pair) for pair in zip(columns[:number], row[:number], strict=True)]
        ways.append(sql.joined("AND", [*equal, _later(column, row[number])]))
    return sql.joined("OR", ways)


def _equal(column: Column, value: Any) -> Sql:
    return Sql(f"{column.name} IS NULL") if value is None else Sql(f"{column.name} = %s", (_parameter(value),))


def _later(column: Column, value: Any) -> Sql:
    if value is None:
        return sql.FALSE
    sign = ">" if column.ascending else "<"
    missing = f" OR {column.name} IS NULL" if column.may_be_missing else ""
    return Sql(f"({column.name} {sign} %s{missing})", (_parameter(value),))


def _parameter(value: Any) -> Any:
    if not isinstance(value, datetime.datetime):
        return value
    at = timezone.make_aware(value, datetime.UTC) if timezone.is_naive(value) else value
    return connection.ops.adapt_datetimefield_value(at)


def _column(called: str, order: OrderBy) -> Column:
    family, dot, key = order.field.partition(".")
    if dot and family == "metrics":
        return Column(called, _latest(key.strip('`"'), order.dataset), order.ascending)
    if dot:
        raise _bad(f"Invalid order by field name: {order.field}. Only metrics are supported.")
    name = _attribute_name(order.field)
    known = TEXTS.get(name) or TIMES.get(name)
    if known is None:
        raise _bad(f"Invalid order by field name: {order.field}")
    return Column(called, Sql(known), order.ascending, may_be_missing=name not in ALWAYS_THERE)


def _attribute_name(name: str) -> str:
    family = FIELDS.family(ATTRIBUTES)
    known = family.attribute(name) if family else None
    return known.name if known else name


def _latest(key: str, dataset: OnDataset | None) -> Sql:
    measured = of_dataset(dataset) if dataset else sql.TRUE
    text = (
        f"(SELECT x.value FROM {METRICS} WHERE x.model_id = m.id AND x.key = %s AND {measured.text}"
        " ORDER BY x.time_ms DESC, x.step DESC, x.run_id LIMIT 1)"
    )
    return Sql(text, (key, *measured.params))


def _bad(message: str) -> Invalid:
    return Invalid("bad_search", message, fields={"order_by": message})

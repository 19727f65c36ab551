"""An order → the columns that rows are sorted and paged by.

Every column has a value in every row, so that a page can begin after any: a rank goes before what may be missing. Runs
with a value come first, then those whose value is not a number, then those without one, in either direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from runs.tracking.models import VALUE_INDEXED
from runs.tracking.search import columns
from runs.tracking.search.keys import Metrics
from studio.search import order, sql
from studio.search.sql import SQLITE, Sql

START_TIME = "start_time"
FALLBACKS = {"end_time": columns.START, "duration": "0.0"}


NO_JOIN = Sql("")


@dataclass(frozen=True, slots=True)
class Sorted:
    """One column of an order."""

    sql: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """What one part of an order asks for: columns, and a join (left: runs without the key have their place too)."""

    columns: tuple[Sorted, ...]
    join: Sql = NO_JOIN


@dataclass(frozen=True, slots=True)
class Leading:
    """What comes first in an order and has an index: the key's rows (`m`) in `table`, in stretches that follow each other."""

    table: str
    key: Sql
    stretches: tuple[tuple[Sql, tuple[Sorted, ...]], ...]


ID = Sorted("r.id")
NEWEST = Sorted(columns.START, descending=True)


def terms_of(orders: Sequence[order.Order], metrics: Metrics, vendor: str) -> list[Term]:
    """The order's parts, then the newest first, then the id: no two rows are alike."""
    found = [_term(one, f"o{index}", metrics, vendor) for index, one in enumerate(orders)]
    if not any(_is_start(one) for one in orders):
        found.append(Term((NEWEST,)))
    return [*found, Term((ID,))]


def leading_of(orders: Sequence[order.Order], metrics: Metrics) -> Leading | None:
    """The index that an order can be read by, where there is one."""
    first = orders[0] if orders else None
    if first is None or first.field.family == "attributes":
        return None
    if first.field.family == "metrics":
        return _leading_metric(first, metrics)
    if first.field.family == "params":
        return _leading_entry(first, columns.PARAMS)
    is_column = columns.tag_column(first.field.key, connection.vendor)
    return None if is_column else _leading_entry(first, columns.TAGS)


def columns_of(terms: Sequence[Term]) -> list[Sorted]:
    return [column for term in terms for column in term.columns]


def after(columns_: Sequence[Sorted], values: Sequence[object]) -> Sql:
    """Rows that come after the row with these values. The first column stands alone as well: an index can begin there."""
    first = columns_[0]
    sign = "<" if first.descending else ">"
    if len(columns_) == 1:
        return Sql(f"{first.sql} {sign} %s", (values[0],))
    rest = after(columns_[1:], values[1:])
    text = f"{first.sql} {sign}= %s AND ({first.sql} {sign} %s OR ({rest.text}))"
    return Sql(text, (values[0], values[0], *rest.params))


def written(columns_: Sequence[Sorted]) -> str:
    """As an ORDER BY clause."""
    return ", ".join(f"{column.sql}{' DESC' if column.descending else ''}" for column in columns_)


def _is_start(one: order.Order) -> bool:
    return one.field.family == "attributes" and one.field.key == START_TIME


def _term(one: order.Order, alias: str, metrics: Metrics, vendor: str) -> Term:
    if one.field.family == "metrics":
        return _metric(one, alias, metrics)
    if one.field.family == "attributes":
        return _attribute(one, vendor)
    table = columns.PARAMS if one.field.family == "params" else columns.TAGS
    return _entry(one, alias, table, vendor)


def _leading_metric(one: order.Order, metrics: Metrics) -> Leading | None:
    metric = metrics.of(one.field)
    if metric is None:
        return None
    value = f'm."{metric.column}"'
    numbers = (Sql(f"{value} IS NOT NULL"), (Sorted(value, one.descending),))
    key = Sql("m.key_id = %s", (metric.key_id,))
    return Leading(columns.SUMMARIES, key, (numbers, (Sql(f"{value} IS NULL"), ())))


def _leading_entry(one: order.Order, table: str) -> Leading:
    vendor = connection.vendor
    text = Sorted(_plain("m.value", vendor), one.descending)
    numbers = (Sql("m.number IS NOT NULL"), (Sorted("m.number", one.descending), text))
    # SQLite's index holds how a text begins; PostgreSQL's holds it in the order of its own locale, which is not ours.
    start = (Sorted(f"SUBSTR(m.value, 1, {VALUE_INDEXED})", one.descending),) if vendor == SQLITE else ()
    texts = (Sql("m.number IS NULL"), (*start, text))
    return Leading(table, Sql('m."key" = %s', (one.field.key,)), (numbers, texts))


def _metric(one: order.Order, alias: str, metrics: Metrics) -> Term:
    metric = metrics.of(one.field)
    if metric is None:
        return Term(())
    value = f'{alias}."{metric.column}"'
    rank = f"CASE WHEN {alias}.run_id IS NULL THEN 2 WHEN {value} IS NULL THEN 1 ELSE 0 END"
    join = Sql(
        f"LEFT JOIN {columns.SUMMARIES} {alias} ON {alias}.run_id = r.id AND {alias}.key_id = %s", (metric.key_id,)
    )
    return Term((Sorted(rank), Sorted(f"COALESCE({value}, 0.0)", one.descending)), join)


def _attribute(one: order.Order, vendor: str) -> Term:
    column = columns.attribute(one.field.key, vendor)
    is_text = one.field.key not in (START_TIME, *FALLBACKS)
    if not column.is_nullable:
        return Term((Sorted(_plain(column.sql, vendor) if is_text else column.sql, one.descending),))
    value = f"COALESCE({column.sql}, {FALLBACKS.get(one.field.key, repr(''))})"
    rank = Sorted(f"CASE WHEN {column.sql} IS NULL THEN 1 ELSE 0 END")
    return Term((rank, Sorted(_plain(value, vendor) if is_text else value, one.descending)))


def _entry(one: order.Order, alias: str, table: str, vendor: str) -> Term:
    """Parameters and tags: numbers by size, then texts by letter."""
    column = columns.tag_column(one.field.key, vendor) if table == columns.TAGS else ""
    value = f"COALESCE({alias}.value, {column})" if column else f"{alias}.value"
    number = sql.as_number(value, vendor) if column else f"{alias}.number"
    join = Sql(f'LEFT JOIN {table} {alias} ON {alias}.run_id = r.id AND {alias}."key" = %s', (one.field.key,))
    return Term(
        (
            Sorted(f"CASE WHEN {value} IS NULL THEN 2 WHEN {number} IS NULL THEN 1 ELSE 0 END"),
            Sorted(f"COALESCE({number}, 0.0)", one.descending),
            Sorted(_plain(f"COALESCE({value}, '')", vendor), one.descending),
        ),
        join,
    )


def _plain(text: str, vendor: str) -> str:
    """By code point on both databases, whatever the locale of PostgreSQL."""
    return text if vendor == SQLITE else f'({text} COLLATE "C")'

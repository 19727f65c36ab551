"""The condition of a filter that few runs meet: they are read by its index, rather than all runs looked at in order.

Neither database can be trusted with the choice: SQLite keeps no statistics. So the entries are counted, up to a limit.
"""

from collections.abc import Iterator

from django.db import connection

from runs.tracking.models import VALUE_INDEXED
from runs.tracking.search import columns
from runs.tracking.search.keys import Metrics
from studio.search import And, Compare, Items, Node, Number, Text, sql
from studio.search.sql import Sql

FEW = 5_000
MOST_COUNTED = 4  # conditions of one filter that are counted
RANGES = ("=", ">", ">=", "<", "<=")


def lead_of(node: Node | None, metrics: Metrics) -> tuple[str, Sql] | None:
    """The rarest of the conditions that must hold and have an index, where it is rare; its table has the alias `d`.

    No run has two of its rows.
    """
    best, fewest = None, FEW + 1
    for number, (table, condition) in enumerate(_indexed(node, metrics)):
        if number >= MOST_COUNTED:
            break
        count = _count(table, condition, fewest)
        if count < fewest:
            best, fewest = (table, condition), count
    return best


def _indexed(node: Node | None, metrics: Metrics) -> Iterator[tuple[str, Sql]]:
    for part in node.parts if isinstance(node, And) else (node,):
        if not isinstance(part, Compare):
            continue
        if part.field.family == "metrics":
            yield from _metric(part, metrics)
        elif part.field.family == "params":
            yield from _entry(part, columns.PARAMS)
        elif part.field.family == "tags" and not columns.tag_column(part.field.key, connection.vendor):
            yield from _entry(part, columns.TAGS)


def _metric(part: Compare, metrics: Metrics) -> Iterator[tuple[str, Sql]]:
    metric = metrics.of(part.field)
    if metric is None or metric.column != "last" or part.operator not in RANGES:
        return
    test = sql.number_test('d."last"', part.operator, part.value)
    yield columns.SUMMARIES, sql.joined("AND", [Sql("d.key_id = %s", (metric.key_id,)), test])


def _entry(part: Compare, table: str) -> Iterator[tuple[str, Sql]]:
    if isinstance(part.value, Number) and part.operator in RANGES:
        test = sql.number_test("d.number", part.operator, part.value)
        yield table, sql.joined("AND", [Sql('d."key" = %s AND d.number IS NOT NULL', (part.field.key,)), test])
        return
    if part.operator == "=" and isinstance(part.value, Text):
        texts = [part.value.text]
    elif part.operator == "IN" and isinstance(part.value, Items):
        texts = [item.text for item in part.value.items if isinstance(item, Text)]
    else:
        return
    if any(len(text) >= VALUE_INDEXED for text in texts):
        return  # the index holds only where they begin
    start = (
        f"SUBSTR(d.value, 1, {VALUE_INDEXED})" if connection.vendor == sql.SQLITE else f"LEFT(d.value, {VALUE_INDEXED})"
    )
    marks = ", ".join(["%s"] * len(texts))
    yield table, Sql(f'd."key" = %s AND {start} IN ({marks})', (part.field.key, *texts))


def _count(table: str, condition: Sql, limit: int) -> int:
    statement = f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} d WHERE {condition.text} LIMIT {limit}) few"
    with connection.cursor() as cursor:
        cursor.execute(statement, condition.params)
        return int(cursor.fetchone()[0])

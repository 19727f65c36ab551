"""Finding evaluation datasets: the search language over their names, times, people and tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from runs.evaluation.models import EvaluationDataset, EvaluationTag
from studio.access.models import Workspace
from studio.errors import Invalid
from studio.search import Attribute, Compare, Family, Fields, Kind, Moment, Node, Not, Or, Words, read, read_order, sql
from studio.search.fields import ATTRIBUTES
from studio.search.sql import Sql
from studio.search.tree import EQUALITY

DATASETS = f'"{EvaluationDataset._meta.db_table}" d'
TAGS = f'"{EvaluationTag._meta.db_table}" x'
LINKS = f'"{EvaluationDataset.experiments.through._meta.db_table}" x'
TEXTS = {"name": "d.name", "created_by": "d.created_by", "last_updated_by": "d.updated_by"}
TIMES = {"created_time": "d.created_at", "last_update_time": "d.updated_at"}
MAX_RESULTS = 1000
_MILLISECOND = timedelta(milliseconds=1)
_PEOPLE = ("=", "!=", "LIKE", "ILIKE")

FIELDS = Fields(
    families=(
        Family(
            ATTRIBUTES,
            "attribute",
            keys=(
                Attribute("name", operators=(*_PEOPLE, "IN", "NOT IN", "~", "!~")),
                Attribute("created_by", operators=_PEOPLE, orders=False),
                Attribute("last_updated_by", operators=_PEOPLE, orders=False),
                *(Attribute(name, Kind.TIME) for name in TIMES),
            ),
        ),
        Family("tags", "tag", orders=False),
    ),
    aliases=(("attribute", ATTRIBUTES), ("tag", "tags")),
)


@dataclass(frozen=True, slots=True)
class Query:
    experiments: Sequence[int] | None = None  # None: all
    filter: str = ""
    order: str = ""
    limit: int = MAX_RESULTS
    token: str = ""  # how many were given out


def find(workspace: Workspace, query: Query) -> tuple[list[EvaluationDataset], str]:
    """The datasets of a query, the newest first unless it says otherwise, and the token of the next page."""
    where = _where(workspace, query)
    start = _start(query.token)
    statement = (
        f"SELECT d.id FROM {DATASETS} WHERE {where.text} ORDER BY {_order(query.order)}"
        f" LIMIT {int(query.limit) + 1} OFFSET {start}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, where.params)
        ids = [row[0] for row in cursor.fetchall()]
    shown = ids[: query.limit]
    known = EvaluationDataset.objects.prefetch_related("tags").in_bulk(shown)
    token = str(start + query.limit) if len(ids) > query.limit else ""
    return [known[pk] for pk in shown if pk in known], token


def _where(workspace: Workspace, query: Query) -> Sql:
    parts = [Sql("d.workspace_id = %s", (workspace.pk,))]
    if query.experiments is not None:
        marks = ", ".join(["%s"] * len(query.experiments)) or "NULL"
        inside = Sql(f"x.experiment_id IN ({marks})", tuple(query.experiments))
        parts.append(sql.exists(LINKS, Sql("x.evaluationdataset_id = d.id"), inside))
    node = read(query.filter, FIELDS) if query.filter.strip() else None
    if node is not None:
        parts.append(_condition(node))
    return sql.joined("AND", parts)


def _condition(node: Node) -> Sql:
    if isinstance(node, Not):
        return sql.negated(_condition(node.part))
    if isinstance(node, Words):
        return sql.contains("d.name", node.text, connection.vendor)
    if isinstance(node, Compare):
        return _compare(node)
    return sql.joined("OR" if isinstance(node, Or) else "AND", [_condition(part) for part in node.parts])


def _compare(node: Compare) -> Sql:
    key = node.field.key
    if node.field.family == "tags":
        its_own = Sql("x.dataset_id = d.id AND x.key = %s", (key,))
        if node.value is None:
            there = sql.exists(TAGS, its_own)
            return there if node.operator == "IS NOT NULL" else sql.negated(there)
        return sql.exists(TAGS, its_own, sql.text_test("x.value", node.operator, node.value, connection.vendor))
    if key in TEXTS:
        return sql.text_test(TEXTS[key], node.operator, node.value, connection.vendor)
    if node.value is None:
        return Sql(f"{TIMES[key]} {node.operator}")
    assert isinstance(node.value, Moment)
    return _at(TIMES[key], node.operator, node.value.at)


def _at(column: str, operator: str, moment: datetime) -> Sql:
    """A time compared with a moment. Clients know milliseconds: all of one of them is the same time."""
    start, end = (connection.ops.adapt_datetimefield_value(each) for each in (moment, moment + _MILLISECOND))
    if operator in EQUALITY:
        inside = Sql(f"({column} >= %s AND {column} < %s)", (start, end))
        return inside if operator == "=" else sql.negated(inside)
    if operator in (">", "<="):
        return Sql(f"{column} {'>=' if operator == '>' else '<'} %s", (end,))
    return Sql(f"{column} {operator} %s", (start,))


def _order(text: str) -> str:
    orders = read_order(text, FIELDS) if text.strip() else []
    columns = {**TEXTS, **TIMES}
    parts = [f"{columns[order.field.key]} {'DESC' if order.descending else 'ASC'}" for order in orders]
    return ", ".join([*(parts or ["d.created_at DESC"]), "d.id DESC"])


def _start(token: str) -> int:
    if token.isascii() and token.isdigit() and len(token) < 10:
        return int(token)
    if token:
        message = "This page token is not one this search gave out."
        raise Invalid("bad_cursor", message, fields={"page_token": message})
    return 0

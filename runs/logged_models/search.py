"""Finding logged models: the search language compiled to SQL, order by attributes and by metrics on a dataset.

A token holds the last row of its page, so that models which come and go meanwhile shift nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from runs.logged_models import ordering
from runs.logged_models.columns import FIELDS, METRICS, MODELS, TEXTS, TIMES, OnDataset, of_dataset
from runs.logged_models.models import LoggedModel, LoggedModelParam, LoggedModelTag
from runs.logged_models.ordering import OrderBy
from runs.tracking.search import tokens
from studio.access.models import Workspace
from studio.search import Compare, Moment, Node, Not, Number, Or, Words, read, sql
from studio.search.fields import ATTRIBUTES
from studio.search.sql import Sql

PAIRS = {"params": f'"{LoggedModelParam._meta.db_table}" x', "tags": f'"{LoggedModelTag._meta.db_table}" x'}
MAX_RESULTS = 1000
MAX_EXPERIMENTS = 1000


@dataclass(frozen=True, slots=True)
class Query:
    experiments: Sequence[int] = ()  # all of the workspace when empty
    run: str = ""  # only those that this run made
    filter: str = ""
    datasets: Sequence[OnDataset] = ()
    order: Sequence[OrderBy] = ()
    limit: int = 100
    token: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    models: list[LoggedModel] = field(default_factory=list)
    next_token: str = ""


def find(workspace: Workspace, query: Query) -> Found:
    """The models that a query asks for, in its order, then the newest first. Raises Invalid for what can't be read."""
    question = _question(query)
    after = tokens.read(question, query.token)[1] if query.token else []
    rows = _rows(_where(workspace, query), ordering.columns(query.order), after, query.limit + 1)
    ids = [row[-1] for row in rows[: query.limit]]
    known = LoggedModel.objects.select_related("experiment", "source_run").in_bulk(ids)
    token = tokens.write(question, 0, rows[query.limit - 1]) if len(rows) > query.limit else ""
    return Found([known[pk] for pk in ids if pk in known], token)


def _rows(where: Sql, columns: Sequence[ordering.Column], after: Sequence[Any], limit: int) -> list[tuple[Any, ...]]:
    """The sorted columns of the rows behind `after`, which is such a row or empty; the id is the last of each."""
    shown = ", ".join(f"{column.value.text} AS {column.name}" for column in columns)
    behind = ordering.behind(columns, after) if after else sql.TRUE
    statement = (
        f"SELECT * FROM (SELECT {shown} FROM {MODELS} WHERE {where.text}) found"
        f" WHERE {behind.text} ORDER BY {ordering.order_by(columns)} LIMIT {int(limit)}"
    )
    of_columns = [param for column in columns for param in column.value.params]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*of_columns, *where.params, *behind.params])
        return cursor.fetchall()


def _where(workspace: Workspace, query: Query) -> Sql:
    parts = [Sql("m.workspace_id = %s", (workspace.pk,)), Sql("m.deleted_at IS NULL")]
    if query.experiments:
        marks = ", ".join(["%s"] * len(query.experiments))
        parts.append(Sql(f"m.experiment_id IN ({marks})", tuple(query.experiments)))
    if query.run:
        parts.append(Sql("m.source_run_id = %s", (query.run,)))
    node = read(query.filter, FIELDS) if query.filter.strip() else None
    if node is not None:
        parts.append(_condition(node, query.datasets))
    if query.datasets and not _names_metrics(node):
        parts.append(sql.exists(METRICS, Sql("x.model_id = m.id"), _measured_on(query.datasets)))
    return sql.joined("AND", parts)


def _condition(node: Node, datasets: Sequence[OnDataset]) -> Sql:
    if isinstance(node, Not):
        return sql.negated(_condition(node.part, datasets))
    if isinstance(node, Words):
        return sql.contains("m.name", node.text, connection.vendor)
    if isinstance(node, Compare):
        return _compare(node, datasets)
    word = "OR" if isinstance(node, Or) else "AND"
    return sql.joined(word, [_condition(part, datasets) for part in node.parts])


def _compare(node: Compare, datasets: Sequence[OnDataset]) -> Sql:
    family, key = node.field.family, node.field.key
    if family == ATTRIBUTES:
        return _attribute(key, node)
    rows = METRICS if family == "metrics" else PAIRS[family]
    its_own = Sql("x.model_id = m.id AND x.key = %s", (key,))
    if node.value is None:
        there = sql.exists(rows, its_own)
        return there if node.operator == "IS NOT NULL" else sql.negated(there)
    if family == "metrics":
        on = [_measured_on(datasets)] if datasets else []
        return sql.exists(rows, its_own, sql.number_test("x.value", node.operator, node.value), *on)
    if isinstance(node.value, Number):
        number = sql.as_number("x.value", connection.vendor)
        return sql.exists(rows, its_own, Sql(f"{number} {node.operator} %s", (node.value.number,)))
    return sql.exists(rows, its_own, sql.text_test("x.value", node.operator, node.value, connection.vendor))


def _attribute(key: str, node: Compare) -> Sql:
    if key in TEXTS:
        return sql.text_test(TEXTS[key], node.operator, node.value, connection.vendor)
    if node.value is None:
        return Sql(f"{TIMES[key]} {node.operator}")
    assert isinstance(node.value, Moment)
    moment = connection.ops.adapt_datetimefield_value(node.value.at)
    return Sql(f"{TIMES[key]} {node.operator} %s", (moment,))


def _measured_on(datasets: Sequence[OnDataset]) -> Sql:
    return sql.joined("OR", [of_dataset(dataset) for dataset in datasets])


def _names_metrics(node: Node | None) -> bool:
    if node is None or isinstance(node, Words):
        return False
    if isinstance(node, Compare):
        return node.field.family == "metrics"
    parts = (node.part,) if isinstance(node, Not) else node.parts
    return any(_names_metrics(part) for part in parts)


def _question(query: Query) -> str:
    told: Any = (sorted(query.experiments), query.run, query.filter, tuple(query.datasets), tuple(query.order))
    return repr(told)

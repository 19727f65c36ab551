"""Finding logged models: the search language compiled to SQL, order by attributes and by metrics on a dataset.

A token says how many models were given out already: an experiment has hundreds of models, not millions.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from runs.logged_models.models import LoggedModel, LoggedModelMetric, LoggedModelParam, LoggedModelTag
from studio.access.models import Workspace
from studio.errors import Invalid
from studio.search import Attribute, Compare, Family, Fields, Kind, Moment, Node, Not, Number, Or, Words, read, sql
from studio.search.fields import ATTRIBUTES
from studio.search.sql import Sql

MODELS = f'"{LoggedModel._meta.db_table}" m'
METRICS = f'"{LoggedModelMetric._meta.db_table}" x'
PAIRS = {"params": f'"{LoggedModelParam._meta.db_table}" x', "tags": f'"{LoggedModelTag._meta.db_table}" x'}
MAX_RESULTS = 1000
MAX_EXPERIMENTS = 1000
MAX_TOKEN = 200

_TIMES = {"creation_time": "m.created_at", "last_updated_time": "m.updated_at"}
_TEXTS = {
    "name": "m.name",
    "model_id": "m.id",
    "model_type": "m.model_type",
    "status": "m.state",
    "status_message": "m.status_message",
    "source_run_id": "m.source_run_id",
    "experiment_id": "CAST(m.experiment_id AS varchar)",
}
FIELDS = Fields(
    families=(
        Family(
            ATTRIBUTES,
            "attribute",
            keys=(
                *(Attribute(name) for name in _TEXTS),
                Attribute("creation_time", Kind.TIME, ("creation_timestamp", "creation_timestamp_ms", "created")),
                Attribute(
                    "last_updated_time", Kind.TIME, ("last_updated_timestamp", "last_updated_timestamp_ms", "updated")
                ),
            ),
        ),
        Family("metrics", "metric", Kind.NUMBER),
        Family("params", "parameter", Kind.VALUE),
        Family("tags", "tag"),
    ),
    aliases=(("attribute", ATTRIBUTES), ("metric", "metrics"), ("param", "params"), ("tag", "tags")),
)


@dataclass(frozen=True, slots=True)
class OnDataset:
    """Only what was measured on this dataset; any digest when there is none."""

    name: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class OrderBy:
    """`field` is an attribute or `metrics.<key>`; a metric may be that of one dataset."""

    field: str
    ascending: bool = True
    dataset: OnDataset | None = None


@dataclass(frozen=True, slots=True)
class Query:
    experiments: Sequence[int] = ()  # all of the workspace when empty
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
    where = _where(workspace, query)
    order = _order(query.order)
    start = _offset(query)
    statement = f"SELECT m.id FROM {MODELS} WHERE {where.text} ORDER BY {order.text} LIMIT {int(query.limit) + 1} OFFSET {start}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*where.params, *order.params])
        ids = [row[0] for row in cursor.fetchall()]
    known = LoggedModel.objects.select_related("experiment", "source_run").in_bulk(ids[: query.limit])
    token = _token(query, start + query.limit) if len(ids) > query.limit else ""
    return Found([known[pk] for pk in ids[: query.limit] if pk in known], token)


def _where(workspace: Workspace, query: Query) -> Sql:
    parts = [Sql("m.workspace_id = %s", (workspace.pk,)), Sql("m.deleted_at IS NULL")]
    if query.experiments:
        marks = ", ".join(["%s"] * len(query.experiments))
        parts.append(Sql(f"m.experiment_id IN ({marks})", tuple(query.experiments)))
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
    if key in _TEXTS:
        return sql.text_test(_TEXTS[key], node.operator, node.value, connection.vendor)
    if node.value is None:
        return Sql(f"{_TIMES[key]} {node.operator}")
    assert isinstance(node.value, Moment)
    moment = connection.ops.adapt_datetimefield_value(node.value.at)
    return Sql(f"{_TIMES[key]} {node.operator} %s", (moment,))


def _measured_on(datasets: Sequence[OnDataset]) -> Sql:
    return sql.joined("OR", [_on(dataset) for dataset in datasets])


def _on(dataset: OnDataset) -> Sql:
    if not dataset.digest:
        return Sql("x.dataset_name = %s", (dataset.name,))
    return Sql("x.dataset_name = %s AND x.dataset_digest = %s", (dataset.name, dataset.digest))


def _names_metrics(node: Node | None) -> bool:
    if node is None or isinstance(node, Words):
        return False
    if isinstance(node, Compare):
        return node.field.family == "metrics"
    parts = (node.part,) if isinstance(node, Not) else node.parts
    return any(_names_metrics(part) for part in parts)


def _order(orders: Sequence[OrderBy]) -> Sql:
    """Missing values last, whichever way; at the end the newest first."""
    parts = [_order_part(order) for order in orders]
    fields = {_attribute_name(order.field) for order in orders}
    if "creation_time" not in fields:
        parts.append(Sql("m.created_at DESC"))
    if "model_id" not in fields:
        parts.append(Sql("m.id ASC"))
    return Sql(", ".join(part.text for part in parts), tuple(value for part in parts for value in part.params))


def _order_part(order: OrderBy) -> Sql:
    family, dot, key = order.field.partition(".")
    if dot and family == "metrics":
        column = _latest(key.strip('`"'), order.dataset)
    elif dot:
        raise _bad_order(f"Invalid order by field name: {order.field}. Only metrics are supported.")
    else:
        name = _attribute_name(order.field)
        known = _TEXTS.get(name) or _TIMES.get(name)
        if known is None:
            raise _bad_order(f"Invalid order by field name: {order.field}")
        column = Sql(known)
    way = "ASC" if order.ascending else "DESC"
    text = f"CASE WHEN {column.text} IS NULL THEN 1 ELSE 0 END, {column.text} {way}"
    return Sql(text, (*column.params, *column.params))


def _attribute_name(name: str) -> str:
    family = FIELDS.family(ATTRIBUTES)
    known = family.attribute(name) if family else None
    return known.name if known else name


def _latest(key: str, dataset: OnDataset | None) -> Sql:
    on = _on(dataset) if dataset else sql.TRUE
    text = (
        f"(SELECT x.value FROM {METRICS} WHERE x.model_id = m.id AND x.key = %s AND {on.text}"
        " ORDER BY x.time_ms DESC, x.step DESC, x.run_id LIMIT 1)"
    )
    return Sql(text, (key, *on.params))


def _bad_order(message: str) -> Invalid:
    return Invalid("bad_search", message, fields={"order_by": message})


def _fingerprint(query: Query) -> str:
    told: Any = (sorted(query.experiments), query.filter, tuple(query.datasets), tuple(query.order))
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:16]


def _token(query: Query, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{offset}:{_fingerprint(query)}".encode()).decode()


def _offset(query: Query) -> int:
    if not query.token:
        return 0
    try:
        if len(query.token) > MAX_TOKEN:
            raise ValueError("too long")
        text, _, print_of = (
            base64.b64decode(query.token.encode("ascii"), altchars=b"-_", validate=True).decode("ascii").partition(":")
        )
        offset = int(text)
    except (ValueError, binascii.Error):
        raise _bad_token() from None
    if print_of != _fingerprint(query) or not 0 < offset < 10**9:
        raise _bad_token()
    return offset


def _bad_token() -> Invalid:
    message = "This page token belongs to another search, or is none: search again without one."
    return Invalid("bad_cursor", message, fields={"page_token": message})

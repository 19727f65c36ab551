"""Reading experiments for MLflow: their JSON, and the search over them."""

import base64
import binascii
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OrderBy, OuterRef, Q, QuerySet
from django.db.models.functions import Collate

from runs.mlflow_api import fields
from runs.mlflow_api.tracking import run_shapes, times, well_known
from runs.tracking.models import Experiment, ExperimentTag
from studio.access.models import Workspace
from studio.search import And, Attribute, Compare, Family, Fields, Items, Kind, Moment, Node, Not, Number, Or, Text
from studio.search import fields as search_fields
from studio.search.tree import EQUALITY, LIKES, LISTS, ORDERING

MAX_RESULTS = 50_000
VIEWS = {"ACTIVE_ONLY": True, "DELETED_ONLY": False, "ALL": None, 1: True, 2: False, 3: None}
_TEXT = (*EQUALITY, *LIKES, *LISTS)
SEARCHABLE = Fields(
    families=(
        Family(
            "attributes",
            "attribute",
            keys=(
                Attribute("name", operators=_TEXT),
                Attribute("experiment_id", operators=_TEXT, aliases=("id",)),
                Attribute("creation_time", Kind.TIME, operators=(*EQUALITY, *ORDERING)),
                Attribute("last_update_time", Kind.TIME, operators=(*EQUALITY, *ORDERING)),
            ),
        ),
        Family("tags", "tag", operators=_TEXT, orders=False),
    ),
    aliases=(("attribute", "attributes"), ("tag", "tags")),
    has_words=False,
)
_COLUMNS = {
    "name": "path",
    "experiment_id": "pk",
    "creation_time": "created_at",
    "last_update_time": "updated_at",
}
_LOOKUPS = {"=": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
Item = dict[str, Any]


def shape(experiment: Experiment) -> Item:
    """One experiment as MLflow's JSON."""
    tags = {tag.key: tag.value for tag in experiment.tags.all()}
    if experiment.description:
        tags[well_known.NOTE] = experiment.description
    shown_id = run_shapes.experiment_id(experiment.pk, experiment.path)
    return {
        "experiment_id": shown_id,
        "name": experiment.path,
        "artifact_location": run_shapes.artifact_location(shown_id, experiment.artifact_location),
        "lifecycle_stage": "deleted" if experiment.deleted_at else "active",
        "creation_time": times.to_ms(experiment.created_at),
        "last_update_time": times.to_ms(experiment.updated_at),
        "tags": [{"key": key, "value": value} for key, value in sorted(tags.items())],
    }


def named(workspace: Workspace, name: str) -> Experiment | None:
    return Experiment.objects.filter(workspace=workspace, path=name).first()


def known(workspace: Workspace, numbers: Collection[int]) -> list[int]:
    """Those of the numbers that are experiments of the workspace."""
    return list(Experiment.objects.filter(workspace=workspace, pk__in=numbers).values_list("pk", flat=True))


def search(
    workspace: Workspace, *, text: str, order_by: Sequence[str], is_active: bool | None, limit: int, token: str
) -> tuple[list[Item], str]:
    """A page of experiments and the token of the next one. Raises Invalid for a text or token that can't be read."""
    rows = Experiment.objects.filter(workspace=workspace).prefetch_related("tags")
    if is_active is not None:
        rows = rows.filter(deleted_at__isnull=is_active)
    node = search_fields.read(text, SEARCHABLE)
    if node is not None:
        rows = rows.filter(_condition(node))
    start = _offset(token)
    found = list(_ordered(rows, order_by)[start : start + limit + 1])
    following = _token(start + limit) if len(found) > limit else ""
    return [shape(experiment) for experiment in found[:limit]], following


def _ordered(rows: "QuerySet[Experiment]", order_by: Sequence[str]) -> "QuerySet[Experiment]":
    orders = [order for text in order_by for order in search_fields.read_order(text, SEARCHABLE, parameter="order_by")]
    wanted: list[OrderBy] = []
    for order in orders:
        column: Any = F(_COLUMNS[order.field.key])
        if order.field.key == "name":
            column = Collate("path", "C" if connection.vendor == "postgresql" else "BINARY")
        wanted.append(OrderBy(column, descending=order.descending))
    if not any(order.field.key == "creation_time" for order in orders):
        wanted.append(OrderBy(F("created_at"), descending=True))
    return rows.order_by(*wanted, "-pk")


def _condition(node: Node) -> Q:
    if isinstance(node, And):
        return _joined(node.parts, Q.__and__)
    if isinstance(node, Or):
        return _joined(node.parts, Q.__or__)
    if isinstance(node, Not):
        return ~_condition(node.part)
    assert isinstance(node, Compare)  # words are not searched here, the check has refused them
    if node.field.family == "tags":
        own = ExperimentTag.objects.filter(_compared("value", node), experiment=OuterRef("pk"), key=node.field.key)
        return Q(Exists(own)) | _note(node)
    return _compared(_COLUMNS[node.field.key], node)


def _note(node: Compare) -> Q:
    """The description, which MLflow keeps in a tag."""
    return _compared("description", node) & ~Q(description="") if node.field.key == well_known.NOTE else Q(pk=None)


def _joined(parts: Sequence[Node], join: Callable[[Q, Q], Q]) -> Q:
    found = _condition(parts[0])
    for part in parts[1:]:
        found = join(found, _condition(part))
    return found


def _compared(column: str, node: Compare) -> Q:
    value = node.value
    if node.operator in ("IN", "NOT IN"):
        items = value.items if isinstance(value, Items) else ()
        listed = Q(**{f"{column}__in": [_plain(column, item) for item in items]})
        return listed if node.operator == "IN" else ~listed
    plain = _plain(column, value)
    if node.operator in ("LIKE", "ILIKE"):
        lookup = "regex" if node.operator == "LIKE" else "iregex"
        return Q(**{f"{column}__{lookup}": _regex(str(plain))})
    if node.operator == "!=":
        return ~Q(**{column: plain})
    return Q(**{f"{column}__{_LOOKUPS[node.operator]}": plain})


def _plain(column: str, value: Any) -> Any:
    found: Any = value.at if isinstance(value, Moment) else value.number if isinstance(value, Number) else None
    if isinstance(value, Text):
        found = value.text
    if column != "pk":
        return found
    number = fields.numeric_id(str(found))
    return -1 if number is None else number  # no experiment has it


def _regex(like: str) -> str:
    return "^" + "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in like) + "$"


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode()


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        found = fields.numeric_id(base64.urlsafe_b64decode(token.encode()).decode())
    except (binascii.Error, ValueError):
        found = None
    if found is None:
        raise fields.bad("Invalid page token, decoded value is not an offset of this list.")
    return found

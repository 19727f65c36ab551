"""Finding models and versions: the fields of the search language that they have, and the SQL of a checked tree."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from registry.mlmodels import patterns
from registry.mlmodels.models import (
    PROMPT_TAG,
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from studio.access.models import Workspace
from studio.search import Ago, And, Compare, Items, Moment, Node, Not, Number, Or, Text, Words
from studio.search.fields import ATTRIBUTES, Attribute, Family, Fields, Kind, read, read_order
from studio.search.order import Order

TAGS = Family("tags", "tag", orders=False)
MODEL_FIELDS = Fields(
    families=(
        Family(
            ATTRIBUTES,
            "attribute",
            keys=(
                Attribute("name", summary="the model's name"),
                Attribute("description"),
                Attribute("creation_timestamp", Kind.TIME, ("created",)),
                Attribute("last_updated_timestamp", Kind.TIME, ("timestamp", "last_updated_time", "updated")),
            ),
        ),
        TAGS,
    )
)
VERSION_FIELDS = Fields(
    families=(
        Family(
            ATTRIBUTES,
            "attribute",
            keys=(
                Attribute("name", summary="the model's name"),
                Attribute("version_number", Kind.NUMBER, ("version", "number")),
                Attribute("run_id"),
                Attribute("source_path", aliases=("source",)),
                Attribute("stage", aliases=("current_stage",), choices=tuple(ModelVersion.Stage.values)),
                Attribute("description"),
                Attribute("creation_timestamp", Kind.TIME, ("created",)),
                Attribute("last_updated_timestamp", Kind.TIME, ("timestamp", "last_updated_time", "updated")),
            ),
        ),
        TAGS,
    )
)


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the fields of one kind of row are."""

    columns: dict[str, str]
    tags: type[RegisteredModelTag] | type[ModelVersionTag]
    owner: str  # the tag's key to the row
    words: tuple[str, ...]


_MODELS = _Table(
    columns={
        "name": "name",
        "description": "description",
        "creation_timestamp": "created_at",
        "last_updated_timestamp": "updated_at",
    },
    tags=RegisteredModelTag,
    owner="model",
    words=("name", "description"),
)
_VERSIONS = _Table(
    columns={
        "name": "model__name",
        "version_number": "number",
        "run_id": "run_id",
        "source_path": "source",
        "stage": "stage",
        "description": "description",
        "creation_timestamp": "created_at",
        "last_updated_timestamp": "updated_at",
    },
    tags=ModelVersionTag,
    owner="version",
    words=("model__name", "description", "run_id"),
)


def models(workspace: Workspace, text: str = "") -> "QuerySet[RegisteredModel]":
    """The models a search text finds, unordered; prompts only when the text asks for them. Raises SearchError."""
    node = read(text, MODEL_FIELDS)
    rows = RegisteredModel.objects.filter(workspace=workspace)
    prompts = RegisteredModelTag.objects.filter(model=OuterRef("pk"), key=PROMPT_TAG, value__iexact="true")
    rows, node = _with_prompts(rows, node, prompts)
    return rows.filter(_compiled(node, _MODELS)) if node is not None else rows


def versions(workspace: Workspace, text: str = "") -> "QuerySet[ModelVersion]":
    """The versions a search text finds, unordered; those of prompts only when the text asks for them."""
    node = read(text, VERSION_FIELDS)
    rows = ModelVersion.objects.filter(model__workspace=workspace)
    prompts = RegisteredModelTag.objects.filter(model=OuterRef("model"), key=PROMPT_TAG, value__iexact="true")
    rows, node = _with_prompts(rows, node, prompts)
    return rows.filter(_compiled(node, _VERSIONS)) if node is not None else rows


def versions_of(model: RegisteredModel, text: str = "") -> "QuerySet[ModelVersion]":
    """The versions of one model that a search text finds, also those of a prompt."""
    node = read(text, VERSION_FIELDS)
    rows = ModelVersion.objects.filter(model=model)
    return rows.filter(_compiled(node, _VERSIONS)) if node is not None else rows


def model_order(text: str) -> list[Any]:
    """The order of a list of models as Django takes it, ending in the name. Raises SearchError."""
    return _ordering(read_order(text, MODEL_FIELDS), _MODELS, ["name"])


def version_order(text: str) -> list[Any]:
    """The order of a list of versions, ending in name and falling number."""
    return _ordering(read_order(text, VERSION_FIELDS), _VERSIONS, ["model__name", "-number"])


def _ordering(orders: list[Order], table: _Table, ends: list[str]) -> list[Any]:
    found, seen = [], set()
    for each in orders:
        column = table.columns[each.field.key]
        if column not in seen:
            seen.add(column)
            found.append(F(column).desc() if each.descending else F(column).asc())
    return [*found, *(end for end in ends if end.lstrip("-") not in seen)]


def _with_prompts(rows: "QuerySet[Any]", node: Node | None, prompts: "QuerySet[Any]") -> "tuple[Any, Node | None]":
    """Rows without or only with prompts, and the tree without the condition that said so."""
    parts = list(node.parts) if isinstance(node, And) else [] if node is None else [node]
    asked = [part for part in parts if _asks_for_prompts(part)]
    rest = [part for part in parts if part not in asked]
    wanted = any(_wants_prompts(part) for part in asked)
    rows = rows.filter(Exists(prompts)) if wanted else rows.exclude(Exists(prompts))
    if not rest:
        return rows, None
    return rows, rest[0] if len(rest) == 1 else And(tuple(rest))


def _asks_for_prompts(part: Node) -> bool:
    return isinstance(part, Compare) and part.field.family == "tags" and part.field.key == PROMPT_TAG


def _wants_prompts(part: Node) -> bool:
    if not isinstance(part, Compare) or not isinstance(part.value, Text):
        return False
    return (part.operator, part.value.text.lower()) in {("=", "true"), ("!=", "false")}


def _compiled(node: Node, table: _Table) -> Q:
    if isinstance(node, And | Or):
        found = Q()
        for part in node.parts:
            found = found & _compiled(part, table) if isinstance(node, And) else found | _compiled(part, table)
        return found
    if isinstance(node, Not):
        return ~_compiled(node.part, table)
    if isinstance(node, Words):
        found = Q()
        for column in table.words:
            found |= Q(**{f"{column}__icontains": node.text})
        return found
    if node.field.family == "tags":
        return _tag(node, table)
    return _compared(table.columns[node.field.key], node)


def _tag(node: Compare, table: _Table) -> Q:
    """A tag's value compared; a row without the tag matches no comparison, as in MLflow."""
    rows = table.tags._default_manager.filter(**{table.owner: OuterRef("pk")}, key=node.field.key)
    if node.operator == "IS NULL":
        return Q(~Exists(rows))
    if node.operator == "IS NOT NULL":
        return Q(Exists(rows))
    return Q(Exists(rows.filter(_compared("value", node))))


def _compared(column: str, node: Compare) -> Q:
    operator, value = node.operator, _plain(node.value)
    if operator == "=":
        return Q(**{column: value})
    if operator == "!=":
        return ~Q(**{column: value})
    if operator in ("IN", "NOT IN"):
        found = Q(**{f"{column}__in": value})
        return found if operator == "IN" else ~found
    if operator in ("IS NULL", "IS NOT NULL"):
        empty = Q(**{f"{column}__isnull": True}) if column == "number" else Q(**{column: ""})
        return empty if operator == "IS NULL" else ~empty
    if operator in ("LIKE", "ILIKE", "~", "!~"):
        return patterns.matches(Cast(F(column), CharField()), operator, str(value))
    lookup = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}[operator]
    return Q(**{f"{column}__{lookup}": value})


def _plain(value: Any) -> Any:
    if isinstance(value, Items):
        return [_plain(item) for item in value.items]
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Number):
        return value.number
    if isinstance(value, Moment):
        return value.at
    if isinstance(value, Ago):
        return timezone.now() - value.delta
    return value

"""Finding images: the fields of the search language that they have, and the SQL of a checked tree."""

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from registry.images.models import Image, ImageModel, ImageTag, ImageVersion
from registry.mlmodels import patterns
from studio.access.models import Workspace
from studio.search import Ago, And, Compare, Items, Moment, Node, Not, Number, Or, Text, Words
from studio.search.fields import ATTRIBUTES, Attribute, Family, Fields, Kind, read

FIELDS = Fields(
    families=(
        Family(
            ATTRIBUTES,
            "attribute",
            keys=(
                Attribute("name", summary="the image's name"),
                Attribute("description"),
                Attribute("model", summary="a model in one of its versions"),
                Attribute("state", choices=tuple(ImageVersion.State.values), summary="of one of its versions"),
                Attribute("alias", aliases=("tag",), summary="a word that leads to one of its versions"),
                Attribute("created", Kind.TIME, ("created_at",)),
                Attribute("updated", Kind.TIME, ("updated_at",)),
            ),
        ),
    )
)
COLUMNS = {"name": "name", "description": "description", "created": "created_at", "updated": "updated_at"}


def images(workspace: Workspace, text: str = "") -> "QuerySet[Image]":
    """The images a search text finds, unordered. Raises SearchError."""
    node = read(text, FIELDS)
    rows = Image.objects.filter(workspace=workspace)
    return rows.filter(_compiled(node)) if node is not None else rows


def _compiled(node: Node) -> Q:
    if isinstance(node, And | Or):
        found = Q()
        for part in node.parts:
            found = found & _compiled(part) if isinstance(node, And) else found | _compiled(part)
        return found
    if isinstance(node, Not):
        return ~_compiled(node.part)
    if isinstance(node, Words):
        return Q(name__icontains=node.text) | Q(description__icontains=node.text)
    if node.field.key in COLUMNS:
        return _compared(COLUMNS[node.field.key], node)
    return Q(Exists(_below(node)))


def _below(node: Compare) -> "QuerySet[Any]":
    """The rows below an image that a comparison of what is not its own column asks for."""
    if node.field.key == "model":
        rows: QuerySet[Any] = ImageModel.objects.filter(version__image=OuterRef("pk"))
        return rows.filter(_compared("model_version__model__name", node))
    if node.field.key == "state":
        return ImageVersion.objects.filter(image=OuterRef("pk")).filter(_compared("state", node))
    return ImageTag.objects.filter(image=OuterRef("pk")).filter(_compared("name", node))


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
        return Q(**{column: ""}) if operator == "IS NULL" else ~Q(**{column: ""})
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

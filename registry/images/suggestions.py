"""What could be typed next in a search for images: fields, and values that this workspace has."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from registry.images import search
from registry.images.models import Image, ImageModel, ImageTag
from studio.access.models import Workspace
from studio.api.searching import Suggestion
from studio.search import Kind, writing

LONGEST_VALUE = 120


def keys(workspace: Workspace, *, prefix: str = "", family: str = "", limit: int = 20) -> list[Suggestion]:
    """Fields whose name holds `prefix`, those that begin with it first."""
    wanted = prefix.lower()
    found = [
        Suggestion(writing.write_name("attributes", one.name), one.name, "attributes", one.summary)
        for one in search.FIELDS.families[0].keys
        if any(wanted in name.lower() for name in (one.name, *one.aliases)) and family in ("", "attributes")
    ]
    return sorted(found, key=lambda one: not one.label.lower().startswith(wanted))[:limit]


def values(workspace: Workspace, *, family: str, key: str, prefix: str = "", limit: int = 20) -> list[Suggestion]:
    """Values of one field that hold `prefix`."""
    known = search.FIELDS.family(family)
    attribute = known.attribute(key) if known is not None else None
    if attribute is None or attribute.kind in (Kind.NUMBER, Kind.TIME):
        return []
    texts = attribute.choices or _texts(workspace, attribute.name, prefix, limit)
    return [Suggestion(writing.write_text(text), text, family) for text in texts if len(text) <= LONGEST_VALUE][:limit]


def _texts(workspace: Workspace, name: str, prefix: str, limit: int) -> Sequence[str]:
    rows: QuerySet[Any, Any]
    if name == "name":
        rows = Image.objects.filter(workspace=workspace, name__icontains=prefix).order_by("name").values_list("name")
    elif name == "model":
        packed = ImageModel.objects.filter(version__image__workspace=workspace)
        column = "model_version__model__name"
        rows = packed.filter(**{f"{column}__icontains": prefix}).order_by(column).values_list(column)
    elif name == "alias":
        words = ImageTag.objects.filter(image__workspace=workspace, name__icontains=prefix)
        rows = words.order_by("name").values_list("name")
    else:
        return []
    return [text for (text,) in rows.distinct()[: limit * 2]]

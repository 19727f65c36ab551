"""What could be typed next in a search for models: fields, tags of this workspace, and values that were given."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from registry.mlmodels import search
from registry.mlmodels.models import RegisteredModelTag
from studio.access.models import Workspace
from studio.api.searching import Suggestion
from studio.search import Kind, writing

LONGEST_VALUE = 120


def keys(workspace: Workspace, *, prefix: str = "", family: str = "", limit: int = 20) -> list[Suggestion]:
    """Fields whose name holds `prefix`, those that begin with it first. `family` keeps to one family."""
    found = _attributes(prefix) if family in ("", "attributes") else []
    if family in ("", "tags"):
        names = _tags(workspace).filter(key__icontains=prefix).order_by("key").values_list("key", flat=True)
        found += [
            Suggestion(writing.write_name("tags", name), name, "tags", "tag") for name in names.distinct()[: limit * 2]
        ]
    return sorted(found, key=lambda one: not one.label.lower().startswith(prefix.lower()))[:limit]


def values(workspace: Workspace, *, family: str, key: str, prefix: str = "", limit: int = 20) -> list[Suggestion]:
    """Values of one field that hold `prefix`: names of models, values of a tag."""
    known = search.MODEL_FIELDS.family(family)
    attribute = known.attribute(key) if known is not None else None
    if attribute is None or attribute.kind in (Kind.NUMBER, Kind.TIME):
        return []
    texts: Sequence[str] = attribute.choices
    if family == "tags":
        rows = _tags(workspace).filter(key=key, value__icontains=prefix).order_by("value")
        texts = list(rows.values_list("value", flat=True).distinct()[: limit * 2])
    elif attribute.name == "name":
        named = search.models(workspace).filter(name__icontains=prefix).order_by("name")
        texts = list(named.values_list("name", flat=True)[: limit * 2])
    return _shown(texts, family)[:limit]


def _attributes(prefix: str) -> list[Suggestion]:
    wanted = prefix.lower()
    attributes = search.MODEL_FIELDS.families[0].keys
    return [
        Suggestion(writing.write_name("attributes", one.name), one.name, "attributes", one.summary)
        for one in attributes
        if any(wanted in name.lower() for name in (one.name, *one.aliases))
    ]


def _tags(workspace: Workspace) -> "QuerySet[RegisteredModelTag]":
    return RegisteredModelTag.objects.filter(model__workspace=workspace)


def _shown(texts: Iterable[str], family: str) -> list[Suggestion]:
    return [Suggestion(writing.write_text(text), text, family) for text in texts if len(text) <= LONGEST_VALUE]

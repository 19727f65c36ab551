"""What could be typed next in a search for traces: fields, and what the newest traces of the workspace hold."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from runs.traces.conditions import ATTRIBUTES, FIELDS, SPANCOLUMNS
from runs.traces.models import Assessment, Trace, TraceMetadata, TraceSpan, TraceTag
from studio.access.models import Workspace
from studio.api.searching import Suggestion
from studio.search import Kind, writing

LOOKED_AT = 500  # traces: the names of a hundred thousand are not gathered while somebody types
LONGEST_VALUE = 120
_KEYED: dict[str, type[TraceTag] | type[TraceMetadata]] = {"tags": TraceTag, "metadata": TraceMetadata}
_OPINIONS = ("feedback", "expectation")


def keys(workspace: Workspace, *, prefix: str = "", family: str = "", limit: int = 20) -> list[Suggestion]:
    """Fields whose name holds `prefix`, those that begin with it first. `family` keeps to one family."""
    found: list[Suggestion] = []
    for name, offered in _families(workspace).items():
        if family in ("", name):
            found += offered()
    wanted = prefix.lower()
    found = [one for one in found if wanted in one.text.lower()]
    return sorted(found, key=lambda one: not one.label.lower().startswith(wanted))[:limit]


def values(workspace: Workspace, *, family: str, key: str, prefix: str = "", limit: int = 20) -> list[Suggestion]:
    """Values of one field that hold `prefix`."""
    known = FIELDS.family(family)
    attribute = known.attribute(key) if known is not None else None
    if known is None or attribute is None or attribute.kind in (Kind.NUMBER, Kind.TIME):
        return []
    texts: Iterable[str] = attribute.choices or _values(workspace, known.name, attribute.name)
    told = sorted({text for text in texts if text and prefix.lower() in text.lower() and len(text) <= LONGEST_VALUE})
    return [Suggestion(writing.write_text(text), text, known.name) for text in told[:limit]]


def _families(workspace: Workspace) -> dict[str, Callable[[], list[Suggestion]]]:
    return {
        "attributes": lambda: [
            Suggestion(writing.write_name("attributes", one.name), one.name, "attributes", one.summary)
            for one in FIELDS.families[0].keys
        ],
        "span": lambda: [
            *(_named("span", name, "of one of its steps") for name in SPANCOLUMNS),
            Suggestion(f"span.{ATTRIBUTES}", ATTRIBUTES, "span", "an attribute of one of its steps"),
        ],
        **{
            family: lambda family=family, model=model: [  # type: ignore[misc]
                _named(family, name, family.removesuffix("s"))
                for name in _distinct(model.objects.filter(trace__in=_newest(workspace)), "key")
            ]
            for family, model in _KEYED.items()
        },
        **{
            kind: lambda kind=kind: [  # type: ignore[misc]
                _named(kind, name, kind)
                for name in _distinct(Assessment.objects.filter(trace__in=_newest(workspace), kind=kind), "name")
            ]
            for kind in _OPINIONS
        },
    }


def _values(workspace: Workspace, family: str, key: str) -> Iterable[str]:
    newest = _newest(workspace)
    if family in _KEYED:
        return _distinct(_KEYED[family].objects.filter(trace__in=newest, key=key), "value")
    if family == "span" and key in ("name", "type", "status"):
        return _distinct(TraceSpan.objects.filter(trace__in=newest), key)
    if family == "attributes" and key in ("name", "session"):
        return _distinct(Trace.objects.filter(pk__in=newest), key)
    return ()


def _newest(workspace: Workspace) -> list[int]:
    rows = Trace.objects.filter(workspace=workspace).order_by("-request_time_ms", "-id")
    return list(rows.values_list("pk", flat=True)[:LOOKED_AT])


def _distinct(rows: "QuerySet[Any]", name: str) -> list[str]:
    return list(rows.order_by(name).values_list(name, flat=True).distinct()[:LOOKED_AT])


def _named(family: str, name: str, detail: str) -> Suggestion:
    return Suggestion(writing.write_name(family, name), name, family, detail)

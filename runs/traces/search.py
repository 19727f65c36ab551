"""Searching traces: MLflow's trace filter and the studio's search language, paged by keyset."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from runs.traces.conditions import COLUMNS, FIELDS, NEVER_NULL, compiled
from runs.traces.models import Trace, TraceMetadata, TraceTag
from runs.traces.services import words
from studio import search
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid
from studio.search.order import Order

MAX_LIMIT = 500
COMPARISONS = replace(FIELDS, has_words=False)


@dataclass(frozen=True, slots=True)
class Query:
    filter: str = ""
    experiments: tuple[int, ...] | None = None  # None: all that are not in the trash
    run_id: str = ""
    order: str = ""
    limit: int = 50
    token: str = ""
    person: User | None = None
    has_words: bool = True  # False: bare words are a mistake, as they are to MLflow


@dataclass(frozen=True, slots=True)
class Found:
    ids: list[int]
    next_token: str


@dataclass(frozen=True, slots=True)
class Key:
    """One part of the order."""

    value: Any
    is_descending: bool
    is_never_null: bool
    alias: str


def find(workspace: Workspace, query: Query) -> Found:
    """One page of traces in order, and the token of the next one. Raises SearchError for a filter that can't be read."""
    keys = _keys(query.order)
    rows = queryset(workspace, query).annotate(**{key.alias: key.value for key in keys})
    if query.token:
        rows = rows.filter(_after(keys, _read_token(query.token, query)))
    ordering = [_ordering(key) for key in keys]
    limit = max(1, min(query.limit, MAX_LIMIT))
    page = list(rows.order_by(*ordering).values_list("pk", *(key.alias for key in keys))[: limit + 1])
    token = _token(page[limit - 1], query) if len(page) > limit else ""
    return Found(ids=[row[0] for row in page[:limit]], next_token=token)


def queryset(workspace: Workspace, query: Query) -> "QuerySet[Trace]":
    """All traces that a query finds, in no order."""
    rows = Trace.objects.filter(workspace=workspace).order_by()
    if query.experiments is None:
        rows = rows.filter(experiment__deleted_at__isnull=True)
    elif len(query.experiments) == 1:
        rows = rows.filter(experiment=query.experiments[0])
    else:
        rows = rows.filter(experiment__in=query.experiments)
    if query.run_id:
        rows = rows.filter(run=query.run_id)
    node = search.read(query.filter, FIELDS if query.has_words else COMPARISONS)
    return rows if node is None else rows.filter(compiled(node, workspace))


def _keys(order: str) -> list[Key]:
    """The order's parts, with the newest first and the row last where they do not say otherwise."""
    parts = search.read_order(order, FIELDS) if order else []
    names = [(part.field.family, part.field.key) for part in parts]
    if len(set(names)) < len(names):
        raise Invalid("bad_search", f"`order_by` contains duplicate fields: {order[:200]}")
    keys = [_key(part, place) for place, part in enumerate(parts)]
    if ("attributes", "timestamp") not in names:
        keys.append(Key(F("request_time_ms"), True, True, "order_time"))
    return [*keys, Key(F("trace_id"), False, True, "order_id")]


def _key(part: Order, place: int) -> Key:
    alias = f"order_{place}"
    if part.field.family == "attributes":
        name = part.field.key
        if name == "run_id":  # also of a run that is elsewhere
            return Key(_entry(TraceMetadata, words.SOURCE_RUN), part.descending, False, alias)
        return Key(COLUMNS[name], part.descending, name in NEVER_NULL, alias)
    model: Any = TraceTag if part.field.family == "tags" else TraceMetadata
    return Key(_entry(model, part.field.key), part.descending, False, alias)


def _entry(model: Any, key: str) -> Subquery:
    return Subquery(model.objects.filter(trace=OuterRef("pk"), key=key).values("value")[:1])


def _ordering(key: Key) -> Any:
    column = F(key.alias)
    if key.is_never_null:
        return column.desc() if key.is_descending else column.asc()
    return column.desc(nulls_last=True) if key.is_descending else column.asc(nulls_last=True)


def _after(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """Rows that come after these values: further in the first part, or equal there and further in the next …"""
    found, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        found |= equal & _further(key, value)
        equal &= Q(**{f"{key.alias}__isnull": True}) if value is None else Q(**{key.alias: value})
    first, value = keys[0], values[0]
    if first.is_never_null:  # said again, so that an index serves it
        found &= Q(**{f"{first.alias}__{'lte' if first.is_descending else 'gte'}": value})
    return found


def _further(key: Key, value: Any) -> Q:
    if value is None:
        return Q(pk__isnull=True)  # nothing comes after what has no value, but by the next part
    beyond = Q(**{f"{key.alias}__{'lt' if key.is_descending else 'gt'}": value})
    return beyond if key.is_never_null else beyond | Q(**{f"{key.alias}__isnull": True})


def _token(row: tuple[Any, ...], query: Query) -> str:
    return base64.urlsafe_b64encode(json.dumps([query.order, *row[1:]]).encode()).decode().rstrip("=")


def _read_token(token: str, query: Query) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        order, *values = json.loads(raw)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _bad_token() from None
    plain = all(value is None or (isinstance(value, str | int | float) and value is not True) for value in values)
    if order != query.order or len(values) != len(_keys(query.order)) or not plain:
        raise _bad_token()
    return values


def _bad_token() -> Invalid:
    return Invalid("bad_cursor", "Invalid page token: it is not one this search gave out.", hint="Start without one.")

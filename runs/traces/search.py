"""Searching traces: MLflow's trace filter and the studio's search language, compiled to SQL and paged by keyset."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils import timezone

from runs.traces import matching
from runs.traces.models import INDEXED_VALUE, Assessment, Trace, TraceMetadata, TraceSpan, TraceTag
from runs.traces.services import words
from studio import search
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid
from studio.search import Attribute, Compare, Family, Fields, Kind, Node, SearchError
from studio.search.order import Order
from studio.search.tree import EQUALITY, LIKES, LISTS, MATCHES, NULLS

MAX_LIMIT = 500
_ORDERED = (*EQUALITY, ">", ">=", "<", "<=")
_TEXTS = (*EQUALITY, *LIKES, *LISTS, *MATCHES)

FIELDS = Fields(
    families=(
        Family(
            "attributes",
            "attribute",
            keys=(
                Attribute("timestamp", Kind.TIME, ("timestamp_ms", "request_time"), _ORDERED, summary="when it began"),
                Attribute(
                    "execution_time",
                    Kind.NUMBER,
                    ("execution_time_ms", "execution_duration", "duration"),
                    _ORDERED,
                    summary="how long it took, in milliseconds",
                ),
                Attribute("end_time", Kind.TIME, ("end_time_ms",), _ORDERED, summary="when it was over"),
                Attribute(
                    "status",
                    Kind.TEXT,
                    ("state",),
                    _TEXTS,
                    choices=("OK", "ERROR", "IN_PROGRESS"),
                    summary="how it went",
                ),
                Attribute("name", Kind.TEXT, (), (*_TEXTS, *NULLS), summary="the name of its root span"),
                Attribute("run_id", Kind.TEXT, ("run",), (*_TEXTS, *NULLS), summary="the run it belongs to"),
                Attribute("request_id", Kind.TEXT, ("trace_id", "id"), _TEXTS, summary="its own id"),
                Attribute("client_request_id", Kind.TEXT, (), _TEXTS, summary="the id its client gave it"),
                Attribute("session", Kind.TEXT, (), (*_TEXTS, *NULLS), summary="the conversation it belongs to"),
                Attribute("tokens", Kind.NUMBER, ("total_tokens",), (*_ORDERED, *NULLS), summary="all its tokens"),
                Attribute("prompt", Kind.TEXT, (), ("=",), orders=False, summary="a prompt it used: name/version"),
                Attribute("text", Kind.TEXT, (), LIKES, orders=False, summary="anything its spans say"),
                Attribute("experiment_id", Kind.TEXT, (), ("=",), summary="the experiment's id"),
            ),
        ),
        Family("tags", "tag", operators=(*EQUALITY, *LIKES, *MATCHES, *NULLS, *LISTS)),
        Family("metadata", "metadata", operators=(*EQUALITY, *LIKES, *MATCHES, *NULLS, *LISTS)),
        Family("span", "span attribute", operators=_TEXTS, orders=False),
        Family("feedback", "feedback", Kind.VALUE, orders=False),
        Family("expectation", "expectation", Kind.VALUE, orders=False),
        Family("assessment", "assessment", Kind.VALUE, orders=False),
        Family("issue", "issue", keys=(Attribute("id", Kind.TEXT, (), ("=",), orders=False),), orders=False),
    ),
    aliases=(("trace", "attributes"), ("request_metadata", "metadata"), ("spans", "span")),
)
SPAN_COLUMNS = {"name": "name", "type": "type", "status": "status", "content": "text"}
ATTRIBUTES = "attributes."
NAME_TAG = "mlflow.traceName"
_END = ExpressionWrapper(F("request_time_ms") + Coalesce(F("duration_ms"), 0), output_field=BigIntegerField())
_COLUMNS: dict[str, Any] = {
    "timestamp": F("request_time_ms"),
    "execution_time": F("duration_ms"),
    "end_time": _END,
    "status": F("state"),
    "name": F("name"),
    "run_id": F("run_id"),
    "request_id": F("trace_id"),
    "client_request_id": F("client_request_id"),
    "session": F("session"),
    "tokens": F("total_tokens"),
    "experiment_id": F("experiment_id"),
}
_MAYBE_EMPTY = frozenset({"name", "session", "client_request_id", "run_id"})
_NEVER_NULL = frozenset({"timestamp", "end_time", "status", "name", "request_id", "session", "experiment_id"})


@dataclass(frozen=True, slots=True)
class Query:
    filter: str = ""
    experiments: tuple[int, ...] | None = None  # None: all that are not in the trash
    run_id: str = ""
    order: str = ""
    limit: int = 50
    token: str = ""
    person: User | None = None


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
    node = search.read(query.filter, FIELDS)
    return rows if node is None else rows.filter(compiled(node))


def compiled(node: Node) -> Q:
    """A checked tree as a condition on traces."""
    if isinstance(node, search.And):
        return _all(node.parts)
    if isinstance(node, search.Or):
        found = Q()
        for part in node.parts:
            found |= compiled(part)
        return found
    if isinstance(node, search.Not):
        return ~compiled(node.part)
    if isinstance(node, search.Words):
        return _words(node.text)
    return _span(_span_condition(node)) if _is_span(node) else _FAMILIES[node.field.family](node)


def _all(parts: Sequence[Node]) -> Q:
    """Conditions on spans that stand together are of one and the same span."""
    found, of_span = Q(), Q()
    for part in parts:
        if isinstance(part, Compare) and _is_span(part):
            of_span &= _span_condition(part)
        else:
            found &= compiled(part)
    return found & _span(of_span) if of_span else found


def _is_span(node: Compare) -> bool:
    return node.field.family == "span" or (node.field.family == "attributes" and node.field.key == "text")


def _span(condition: Q) -> Q:
    return Q(Exists(TraceSpan.objects.filter(condition, trace=OuterRef("pk"))))


def _span_condition(node: Compare) -> Q:
    key = node.field.key
    if node.field.family == "attributes":
        return _compared(F("text"), node)
    if key in SPAN_COLUMNS:
        if key == "content" and node.operator not in LIKES:
            raise _bad(node, "A span's content can be compared by LIKE and ILIKE.")
        return _compared(F(SPAN_COLUMNS[key]), node)
    if key.startswith(ATTRIBUTES) and len(key) > len(ATTRIBUTES):
        return _span_attribute(node, key.removeprefix(ATTRIBUTES))
    known = ", ".join([*SPAN_COLUMNS, f"{ATTRIBUTES}<name>"])
    raise _bad(node, f"Invalid span attribute '{key[:80]}'. Supported attributes: {known}.")


def _span_attribute(node: Compare, name: str) -> Q:
    """An attribute inside of a span's text, which is JSON: `"name": "value"`."""
    start = f"{json.dumps(name, ensure_ascii=False)}: "
    value = _value(node)
    if node.operator in LIKES:
        return Q(matching.BY_OPERATOR[node.operator](F("text"), f"%{start}%{value}%"))
    if node.operator in MATCHES:
        pattern = (
            f'{_quoted(start)}"?{value.removeprefix("^")}' if value.startswith("^") else f"{_quoted(start)}.*{value}"
        )
        found = Q(matching.Matches(F("text"), pattern))
        return found if node.operator == "~" else ~found
    wanted = value if node.operator in LISTS else [value]
    found = Q()
    for one in wanted:
        found |= Q(text__contains=f"{start}{json.dumps(one, ensure_ascii=False)}") | Q(text__contains=f"{start}{one},")
    return found if node.operator in ("=", "IN") else Q(text__contains=start) & ~found


def _attribute(node: Compare) -> Q:
    key = node.field.key
    if key == "prompt":
        return _entry(TraceTag, "mlflow.linkedPrompts", _prompt(node))
    if key == "experiment_id":
        return _compared(F("experiment_id"), node) if _value(node).isdigit() else Q(pk__isnull=True)
    if node.operator in NULLS:
        is_empty = Q(**{f"{_field(key)}__isnull": True}) | (Q(**{_field(key): ""}) if key in _MAYBE_EMPTY else Q())
        return is_empty if node.operator == "IS NULL" else ~is_empty
    if key == "run_id":
        linked = _entry(TraceMetadata, words.SOURCE_RUN, _compared(F("value"), node))
        return _compared(F("run_id"), node) | linked
    if key in ("timestamp", "end_time"):
        return _ordered(_COLUMNS[key], node, _milliseconds(node))
    if key in ("execution_time", "tokens"):
        return _ordered(_COLUMNS[key], node, _value(node))
    return _compared(_COLUMNS[key], node)


def _field(key: str) -> str:
    return {"run_id": "run", "tokens": "total_tokens", "execution_time": "duration_ms"}.get(key, key)


def _tag(node: Compare) -> Q:
    return _keyed(TraceTag, node)


def _metadata(node: Compare) -> Q:
    return _keyed(TraceMetadata, node)


def _keyed(model: type[TraceTag] | type[TraceMetadata], node: Compare) -> Q:
    key = node.field.key
    if model is TraceTag and key == NAME_TAG:
        if node.operator in NULLS:
            return Q(name="") if node.operator == "IS NULL" else ~Q(name="")
        return _compared(F("name"), node)
    if node.operator in NULLS:
        present = _entry(model, key, Q())
        return ~present if node.operator == "IS NULL" else present
    condition = _compared(F("value"), node)
    if node.operator == "=":  # the index holds so much of a value
        condition &= Q(Exact(Left("value", INDEXED_VALUE), _value(node)[:INDEXED_VALUE]))
    return _entry(model, key, condition)


def _entry(model: Any, key: str, condition: Q) -> Q:
    return Q(Exists(model.objects.filter(condition, trace=OuterRef("pk"), key=key)))


def _assessment(node: Compare) -> Q:
    rows = Q(name=node.field.key, is_valid=True)
    if node.field.family != "assessment":
        rows &= Q(kind=node.field.family)
    if node.operator in NULLS:
        present = _assessed(rows)
        return ~present if node.operator == "IS NULL" else present
    value = node.value
    if isinstance(value, search.Number):
        return _assessed(rows & _ordered(F("number"), node, value.number))
    if node.operator in EQUALITY:
        text = _value(node)
        same = Q(value=json.dumps(text, ensure_ascii=False)) | Q(value=text)
        return _assessed(rows & (same if node.operator == "=" else ~same))
    if node.operator in LISTS:
        told = [form for one in _value(node) for form in (one, json.dumps(one, ensure_ascii=False))]
        return _assessed(rows & (Q(value__in=told) if node.operator == "IN" else ~Q(value__in=told)))
    return _assessed(rows & _compared(F("value"), node))


def _assessed(condition: Q) -> Q:
    return Q(Exists(Assessment.objects.filter(condition, trace=OuterRef("pk"))))


def _issue(node: Compare) -> Q:
    return _assessed(Q(kind="issue", name=_value(node)))


_FAMILIES: dict[str, Callable[[Compare], Q]] = {
    "attributes": _attribute,
    "tags": _tag,
    "metadata": _metadata,
    "feedback": _assessment,
    "expectation": _assessment,
    "assessment": _assessment,
    "issue": _issue,
}


def _words(text: str) -> Q:
    """Bare words: in the name, the request, the answer, or the id."""
    found = Q(trace_id=text)
    for column in ("name", "request_preview", "response_preview"):
        found |= Q(**{f"{column}__icontains": text})
    return found


def _compared(column: Any, node: Compare) -> Q:
    """A text compared with a text."""
    name = column.name
    operator, value = node.operator, _value(node)
    if operator in ("=", "IN"):
        return Q(**{name: value}) if operator == "=" else Q(**{f"{name}__in": value})
    if operator in ("!=", "NOT IN"):
        same = Q(**{name: value}) if operator == "!=" else Q(**{f"{name}__in": value})
        return Q(**{f"{name}__isnull": False}) & ~same
    found = Q(matching.BY_OPERATOR["~" if operator in MATCHES else operator](column, value))
    return ~found & Q(**{f"{name}__isnull": False}) if operator == "!~" else found


_COMPARISONS: dict[str, Any] = {
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
    "<": LessThan,
    "<=": LessThanOrEqual,
    "=": Exact,
}


def _ordered(column: Any, node: Compare, value: float) -> Q:
    """A number compared with a number; what has none is in no case found."""
    if node.operator == "!=":
        return Q(LessThan(column, value)) | Q(GreaterThan(column, value))
    return Q(_COMPARISONS[node.operator](column, value))


def _milliseconds(node: Compare) -> int:
    value = node.value
    at = timezone.now() - value.delta if isinstance(value, search.Ago) else value.at  # type: ignore[union-attr]
    return round(at.timestamp() * 1000)


def _value(node: Compare) -> Any:
    """The plain value of a comparison."""
    value = node.value
    if isinstance(value, search.Items):
        return [_plain(item) for item in value.items]
    return _plain(value)


def _plain(value: Any) -> Any:
    return value.number if isinstance(value, search.Number) else value.text


def _prompt(node: Compare) -> Q:
    text = _value(node)
    if text.count("/") != 1:
        raise _bad(node, f"Invalid prompts filter value '{text[:80]}'. Expected format: prompt = \"name/version\".")
    name, version = text.split("/")
    return Q(value__contains=json.dumps({"name": name, "version": version})[1:-1])


def _quoted(text: str) -> str:
    """A text as a regular expression that means just it."""
    return "".join(
        f"\\{letter}" if not letter.isalnum() and letter.isascii() and letter != " " else letter for letter in text
    )


def _bad(node: Compare, message: str) -> SearchError:
    return SearchError(message, position=node.field.position, length=node.field.length)


def _keys(order: str) -> list[Key]:
    """The order's parts, with the newest first and the row last where they do not say otherwise."""
    parts = search.read_order(order, FIELDS) if order else []
    names = [(part.field.family, part.field.key) for part in parts]
    if len(set(names)) < len(names):
        raise Invalid("bad_search", f"`order_by` contains duplicate fields: {order[:200]}")
    keys = [_key(part, place) for place, part in enumerate(parts)]
    if ("attributes", "timestamp") not in names:
        keys.append(Key(F("request_time_ms"), True, True, "order_time"))
    return [*keys, Key(F("pk"), keys[-1].is_descending, True, "order_pk")]


def _key(part: Order, place: int) -> Key:
    alias = f"order_{place}"
    if part.field.family == "attributes":
        name = part.field.key
        return Key(_COLUMNS[name], part.descending, name in _NEVER_NULL, alias)
    model: Any = TraceTag if part.field.family == "tags" else TraceMetadata
    rows = model.objects.filter(trace=OuterRef("pk"), key=part.field.key).values("value")[:1]
    return Key(Subquery(rows), part.descending, False, alias)


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

"""A checked search as a condition on traces, in SQL."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import BigIntegerField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils import timezone

from runs.traces import matching
from runs.traces.models import INDEXED_VALUE, Assessment, TraceMetadata, TraceSpan, TraceTag
from runs.traces.services import words
from studio import search
from studio.access.models import Workspace
from studio.search import Attribute, Compare, Family, Fields, Kind, Node, SearchError
from studio.search.tree import EQUALITY, LIKES, LISTS, MATCHES, NULLS

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
SPANCOLUMNS = {"name": "name", "type": "type", "status": "status", "content": "text"}
ATTRIBUTES = "attributes."
NAME_TAG = "mlflow.traceName"
_END = ExpressionWrapper(F("request_time_ms") + Coalesce(F("duration_ms"), 0), output_field=BigIntegerField())
COLUMNS: dict[str, Any] = {
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
NEVER_NULL = frozenset({"timestamp", "end_time", "status", "name", "request_id", "session", "experiment_id"})


def compiled(node: Node, workspace: Workspace) -> Q:
    """A checked tree as a condition on traces of the workspace."""
    if isinstance(node, search.And):
        return _all(node.parts, workspace)
    if isinstance(node, search.Or):
        found = Q()
        for part in node.parts:
            found |= compiled(part, workspace)
        return found
    if isinstance(node, search.Not):
        return ~compiled(node.part, workspace)
    if isinstance(node, search.Words):
        return _words(node.text)
    if _is_span(node):
        return _span(_span_condition(node))
    if node.field.family in ASSESSED:
        return _assessment(node, workspace)
    return _FAMILIES[node.field.family](node)


def _all(parts: Sequence[Node], workspace: Workspace) -> Q:
    """Conditions on spans that stand together are of one and the same span."""
    found, of_span = Q(), Q()
    for part in parts:
        if isinstance(part, Compare) and _is_span(part):
            of_span &= _span_condition(part)
        else:
            found &= compiled(part, workspace)
    return found & _span(of_span) if of_span else found


def _is_span(node: Compare) -> bool:
    return node.field.family == "span" or (node.field.family == "attributes" and node.field.key == "text")


def _span(condition: Q) -> Q:
    return Q(Exists(TraceSpan.objects.filter(condition, trace=OuterRef("pk"))))


def _span_condition(node: Compare) -> Q:
    key = node.field.key
    if node.field.family == "attributes":
        return _compared(F("text"), node)
    if key in SPANCOLUMNS:
        if key == "content" and node.operator not in LIKES:
            raise _bad(node, f"span.content comparator '{node.operator}' not one of {', '.join(LIKES)}.")
        return _compared(F(SPANCOLUMNS[key]), node)
    if key.startswith(ATTRIBUTES) and len(key) > len(ATTRIBUTES):
        return _span_attribute(node, key.removeprefix(ATTRIBUTES))
    known = f"name, status, type, {ATTRIBUTES}<attribute_name>"
    raise _bad(node, f"Invalid span attribute '{key[:80]}'. Supported attributes: {known}. Its content takes LIKE.")


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
        return _ordered(COLUMNS[key], node, _milliseconds(node))
    if key in ("execution_time", "tokens"):
        return _ordered(COLUMNS[key], node, _value(node))
    found = _compared(COLUMNS[key], node)
    is_negative = node.operator in ("!=", "NOT IN", "!~")  # what has no value is in no case found
    return found & ~Q(**{key: ""}) if is_negative and key in _MAYBE_EMPTY else found


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


def _assessment(node: Compare, workspace: Workspace) -> Q:
    rows = Q(name=node.field.key, is_valid=True)
    if node.field.family != "assessment":
        rows &= Q(kind=node.field.family)
    if node.operator in NULLS:
        present = _assessed(rows, workspace)
        return ~present if node.operator == "IS NULL" else present
    return _assessed(rows & _verdict(node), workspace)


def _verdict(node: Compare) -> Q:
    """What an assessment's value must be."""
    value = node.value
    if isinstance(value, search.Number):
        return _ordered(F("number"), node, value.number) & ~_is_worded()
    if node.operator in (*EQUALITY, *LISTS):
        told = _value(node) if node.operator in LISTS else [_value(node)]
        same = Q(value__in=[form for one in told for form in (one, json.dumps(one, ensure_ascii=False))])
        if numbers := [number for one in told if (number := _number(one)) is not None]:
            same |= Q(number__in=numbers) & ~_is_worded()
        return same if node.operator in ("=", "IN") else ~same
    return _compared(F("value"), node)


def _is_worded() -> Q:
    """Yes and no, true and false: averaged as 1 and 0, but no numbers to those who search for numbers."""
    return Q(value__in=("true", "false")) | Q(value__startswith='"')


def _number(text: str) -> float | None:
    try:
        return words.finite(float(text))
    except ValueError:
        return None


def _assessed(condition: Q, workspace: Workspace) -> Q:
    """Traces with such an assessment, and all traces of a session where it is of the session."""
    of_session = Assessment.objects.filter(
        condition, metadata__has_key=words.SESSION, trace__workspace=workspace, trace__session__gt=""
    )
    return _of_trace(condition) | Q(session__in=of_session.values("trace__session"))


def _of_trace(condition: Q) -> Q:
    return Q(Exists(Assessment.objects.filter(condition, trace=OuterRef("pk"))))


def _issue(node: Compare) -> Q:
    return _of_trace(Q(kind="issue", name=_value(node)))


_FAMILIES: dict[str, Callable[[Compare], Q]] = {
    "attributes": _attribute,
    "tags": _tag,
    "metadata": _metadata,
    "issue": _issue,
}
ASSESSED = frozenset({"feedback", "expectation", "assessment"})


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

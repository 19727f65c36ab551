"""What the pages of traces show, and what this person may do there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from runs.traces import previews, queries, search, waterfall
from runs.traces.models import Assessment, AssessmentKind, Trace, TraceState
from runs.traces.queries import TraceFacts
from runs.traces.services import words
from runs.traces.spans import COST, INPUTS, OUTPUTS, REQUEST_ID, USAGE, Span
from runs.tracking.models import Experiment, Run
from studio import access
from studio.access import Permission
from studio.accounts.models import User
from studio.api import searching
from studio.search import SearchError
from studio.web.files import MOST_JSON_DEPTH, MOST_JSON_NODES, JsonNode, extent, json_node

PAGE = 50
HINT = """\
import mlflow

@mlflow.trace
def answer(question):
    ...
"""
MOST_TAGS = 2
MOST_TEXT = 100_000
# A trace's state in the glyphs of runs, and in a word.
STATES = {
    TraceState.OK: ("completed", "OK"),
    TraceState.ERROR: ("failed", "Error"),
    TraceState.IN_PROGRESS: ("running", "In progress"),
    TraceState.STATE_UNSPECIFIED: ("created", "Unknown"),
}
ROLES = {"user": "user", "human": "user", "assistant": "message-square", "ai": "message-square", "tool": "wrench"}
EXCEPTION = "exception"
SOURCES = {"HUMAN": "a person", "LLM_JUDGE": "a judging model", "CODE": "code"}
# Metadata that the page shows in another form, and MLflow's counting for itself.
_SHOWN_ELSEWHERE = frozenset(
    {
        words.USAGE,
        words.COST,
        "mlflow.traceInputs",
        "mlflow.traceOutputs",
        "mlflow.trace.sizeStats",
        "mlflow.trace.sizeBytes",
        "mlflow.trace_schema.version",
    }
)


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One line of the list."""

    trace: Trace
    url: str
    at: datetime
    glyph: str
    word: str
    duration: str
    request: str
    response: str
    tags: Sequence[tuple[str, str]]
    more_tags: int
    assessments: Sequence["Opinion"]


@dataclass(frozen=True, slots=True)
class TraceList:
    rows: Sequence[TraceRow]
    next_token: str
    error: SearchError | None

    @property
    def problem_json(self) -> str:
        """The mistake with its place, for the search bar."""
        return json.dumps(searching.problem(self.error)) if self.error else ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """An assessment as it is shown."""

    row: Assessment
    shown: str
    tone: str  # success, danger or ""
    source: str
    by: str
    icon: str


@dataclass(frozen=True, slots=True)
class TraceActions:
    assess: bool
    delete: bool


@dataclass(frozen=True, slots=True)
class TracePage:
    facts: TraceFacts
    trace: Trace
    at: datetime
    glyph: str
    word: str
    duration: str
    can: TraceActions
    opinions: Sequence[Opinion]
    tags: Sequence[tuple[str, str]]
    metadata: Sequence[tuple[str, str]]
    user: str
    cost: str


@dataclass(frozen=True, slots=True)
class Message:
    role: str
    icon: str
    parts: Sequence[str]
    calls: Sequence[tuple[str, JsonNode]]


@dataclass(frozen=True, slots=True)
class Content:
    """Inputs or outputs: a chat, a tree of JSON, or a text. `copy` is all of it."""

    messages: Sequence[Message]
    node: JsonNode | None
    text: str
    copy: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class SpanPanel:
    span: Span
    icon: str
    slot: int
    duration: str
    inputs: Content
    outputs: Content
    failure: str
    stack: str
    attributes: Content
    events: Sequence[tuple[str, str, Content]]
    usage: Sequence[tuple[str, str]]
    opinions: Sequence[Opinion]


def trace_list(request: HttpRequest, *, experiment: Experiment | None = None, run: Run | None = None) -> TraceList:
    """One page of the traces that the address asks for; a filter that can't be read finds nothing and says why."""
    query = search.Query(
        filter=request.GET.get("q", ""),
        experiments=(experiment.pk,) if experiment else None,
        run_id=run.pk if run else "",
        order=request.GET.get("order", ""),
        limit=PAGE,
        token=request.GET.get("cursor", ""),
        person=request.user if isinstance(request.user, User) else None,
    )
    workspace = access.workspace_or_404(request)
    try:
        found = search.find(workspace, query)
    except SearchError as error:
        return TraceList(rows=[], next_token="", error=error)
    return TraceList([_row(facts) for facts in queries.facts_by_pk(found.ids)], found.next_token, None)


def trace_page(request: HttpRequest, trace: Trace) -> TracePage:
    facts = queries.facts_of([trace])[0]
    glyph, word = STATES[TraceState(trace.state)]
    return TracePage(
        facts=facts,
        trace=trace,
        at=moment(trace.request_time_ms),
        glyph=glyph,
        word=word,
        duration=duration(trace),
        can=TraceActions(
            assess=access.allows(request, Permission.RUN_EDIT, trace.workspace),
            delete=access.allows(request, Permission.RUN_DELETE, trace.workspace),
        ),
        opinions=[opinion(row) for row in facts.assessments],
        tags=_plain_tags(facts.tags),
        metadata=[
            (key, value) for key, value in sorted(facts.metadata.items()) if key not in _SHOWN_ELSEWHERE and value
        ],
        user=facts.metadata.get(words.USER, ""),
        cost="" if trace.total_cost is None else f"${trace.total_cost:,.4f}",
    )


def span_panel(span: Span, assessments: Sequence[Assessment]) -> SpanPanel:
    """What is shown of one span beside the waterfall."""
    failure, stack = _failure(span)
    hidden = {INPUTS, OUTPUTS, REQUEST_ID, USAGE, COST}
    attributes = {key: value for key, value in span.attributes.items() if key not in hidden}
    return SpanPanel(
        span=span,
        icon=waterfall.icon_of(span.type),
        slot=waterfall.slot_of(span.type),
        duration=waterfall.took(span.end_ns - span.start_ns) if span.end_ns else "running",
        inputs=content(span.inputs),
        outputs=content(span.outputs),
        failure=failure,
        stack=stack,
        attributes=content(attributes or None, is_chat=False),
        events=[
            (event.name, waterfall.took(max(0, event.time_ns - span.start_ns)), content(event.attributes or None))
            for event in span.events
        ],
        usage=_usage(span),
        opinions=[opinion(row) for row in assessments if row.span_id == span.span_id],
    )


def content(value: Any, *, is_chat: bool = True) -> Content:
    """A value as it is best read."""
    if value is None:
        return Content([], None, "", "", is_there=False)
    copy = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    messages = [_message(item) for item in previews.messages_of(value)] if is_chat else []
    if messages:
        return Content(messages, _node(value), "", copy, is_there=True)
    if isinstance(value, dict | list):
        node = _node(value)
        return Content([], node, "" if node else copy[:MOST_TEXT], copy, is_there=True)
    return Content([], None, copy[:MOST_TEXT], copy, is_there=True)


def opinion(row: Assessment) -> Opinion:
    value = json.loads(row.value) if row.value else None
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if row.kind == AssessmentKind.ISSUE:
        shown = "issue"
    if row.error:
        shown = row.error.get("error_message") or row.error.get("error_code") or "error"
    tone = ""
    if row.kind == AssessmentKind.FEEDBACK and (isinstance(value, bool) or str(value).lower() in ("yes", "no")):
        tone = "success" if row.number else "danger"
    icon = {"HUMAN": "user", "LLM_JUDGE": "scale"}.get(row.source_type, "code")
    return Opinion(
        row=row,
        shown=shown,
        tone="danger" if row.error else tone,
        source=row.source_id,
        by=SOURCES.get(row.source_type, row.source_type.lower()),
        icon=icon,
    )


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(milliseconds, 0), 253_402_300_799_999) / 1000, UTC)


def duration(trace: Trace) -> str:
    """How long it took, as people read it. A trace counts whole milliseconds, so 0 says only that it was less than one."""
    if trace.duration_ms is None:
        return ""
    return waterfall.took(trace.duration_ms * 1_000_000) if trace.duration_ms > 0 else "< 1 ms"


def _row(facts: TraceFacts) -> TraceRow:
    trace = facts.trace
    glyph, word = STATES[TraceState(trace.state)]
    tags = _plain_tags(facts.tags)
    return TraceRow(
        trace=trace,
        url=trace.get_absolute_url(),
        at=moment(trace.request_time_ms),
        glyph=glyph,
        word=word,
        duration=duration(trace),
        request=_unquoted(trace.request_preview),
        response=_unquoted(trace.response_preview),
        tags=tags[:MOST_TAGS],
        more_tags=max(0, len(tags) - MOST_TAGS),
        assessments=[opinion(row) for row in facts.assessments if row.is_valid],
    )


def _unquoted(preview: str | None) -> str:
    """A preview that is the JSON of a text, as the text."""
    if preview is None or preview[:1] != '"' or preview[-1:] != '"':
        return preview or ""
    try:
        return str(json.loads(preview))
    except ValueError:
        return preview


def _plain_tags(tags: dict[str, str]) -> list[tuple[str, str]]:
    """Tags that people gave, without MLflow's own bookkeeping."""
    return sorted((key, value) for key, value in tags.items() if not key.startswith("mlflow."))


def _node(value: Any) -> JsonNode | None:
    count, depth = extent(value)
    return json_node("", value) if count <= MOST_JSON_NODES and depth <= MOST_JSON_DEPTH else None


def _message(told: dict[str, Any]) -> Message:
    role = told["role"]
    given = told.get("tool_calls")
    calls = given if isinstance(given, list) else []
    return Message(
        role=role,
        icon=ROLES.get(role, "settings"),
        parts=[part[:MOST_TEXT] for part in previews.text_parts(told.get("content", told.get("parts"))) if part],
        calls=[_call(call) for call in calls if isinstance(call, dict)],
    )


def _call(told: dict[str, Any]) -> tuple[str, JsonNode]:
    inner = told.get("function")
    function: dict[str, Any] = inner if isinstance(inner, dict) else told
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            pass
    return str(function.get("name", "call")), _node(arguments) or json_node("", "…")


def _failure(span: Span) -> tuple[str, str]:
    """What went wrong in a span, and where: from its exception event, else from its status."""
    for event in reversed(span.events):
        if event.name == EXCEPTION:
            told = event.attributes
            kind, message = told.get("exception.type", ""), told.get("exception.message", "")
            text = ": ".join(str(part) for part in (kind, message) if part)
            return text or span.message, str(told.get("exception.stacktrace", ""))
    return (span.message or "It ended with an error.", "") if span.status == "ERROR" else ("", "")


def _usage(span: Span) -> list[tuple[str, str]]:
    found = []
    for key, value in (span.usage or {}).items():
        if isinstance(value, int | float):
            found.append((key.replace("_", " ").removesuffix(" tokens"), f"{value:,}"))
    total = (span.cost or {}).get("total_cost")
    if isinstance(total, int | float):
        found.append(("cost", f"${total:,.6f}".rstrip("0").rstrip(".")))
    return found

"""Spans as they come in. They may come in several posts, in any order and twice: a span is one by its id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from runs.traces import previews, semantics, spans
from runs.traces.models import MAX_KEY, Trace, TraceSpan, TraceState
from runs.traces.services import words
from runs.traces.spans import Span
from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, TooLarge
from studio.live import topics
from studio.live.publish import publish

MAX_SPANS = 10_000
MAX_BYTES = 64 * 1024 * 1024
MAX_POSTED = 10_000  # spans in one post
NAME_TAG = "mlflow.traceName"
_SUMS_UP_TO = 2_000  # late spans of larger trees no longer change the sums
_HIDDEN_RESOURCES = ("telemetry.sdk.", "mlflow.")
_COLUMNS = (
    "parent_id", "name", "type", "status", "start_ns", "end_ns", "model", "provider", "input_cost", "output_cost",
    "total_cost", "size", "text", "data",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extent:
    """What all spans of a trace come to."""

    count: int
    size: int
    start_ns: int
    end_ns: int | None


def trace_id_of(span: Span) -> str:
    """The trace's name in MLflow's words."""
    return f"tr-{span.trace_id}"


@transaction.atomic
def log_spans(
    *,
    actor: User | None,
    experiment: Experiment,
    found: Sequence[Span],
    resources: Mapping[str, Mapping[str, Any]] | None = None,
    run: Run | None = None,
) -> list[Trace]:
    """Store spans, all or none; traces that are new are made in `experiment`. Raises TooLarge for a flood."""
    if len(found) > MAX_POSTED:
        raise Invalid("too_many_spans", f"One post takes at most {MAX_POSTED:,} spans.", hint="Send them in parts.")
    by_trace: dict[str, list[Span]] = {}
    for span in found:
        by_trace.setdefault(trace_id_of(span), []).append(semantics.understood(span))
    traces = _ensure(actor, experiment, by_trace, run)
    for trace in traces:
        resource = (resources or {}).get(trace.trace_id.removeprefix("tr-"), {})
        store(trace=trace, found=by_trace[trace.trace_id], resource=resource)
    return traces


def store(*, trace: Trace, found: Sequence[Span], resource: Mapping[str, Any] | None = None) -> None:
    """Store spans of one trace and let it say what they come to. Call it in a transaction."""
    rows = {span.span_id: _row(trace, span) for span in found}
    TraceSpan.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["trace", "span_id"], update_fields=_COLUMNS
    )
    extent = _extent(trace)
    if extent.count > MAX_SPANS or extent.size > MAX_BYTES:
        raise TooLarge(
            "trace_too_large",
            f"A trace holds at most {MAX_SPANS:,} spans and {MAX_BYTES // 2**20} MiB: {trace.trace_id} would be larger.",
            hint="Trace fewer steps, or log large inputs and outputs as artifacts.",
        )
    _tell(trace, extent, [span for span in found if span.is_root], found)
    words.merge_tags(trace, {**_resource_tags(resource or {}), **_tags(found)})
    words.merge_metadata(trace, _metadata(trace, found), keep=True)
    if not trace.is_reported:
        words.merge_metadata(trace, words.sums_as_metadata(trace))  # later spans add to them
    hint(trace)


def hint(trace: Trace) -> None:
    """Tell those who look at traces that one has changed."""
    publish(topics.workspace(trace.workspace.slug), "traces")
    if trace.run_id:
        publish(topics.run(trace.run_id), "traces")


def _ensure(
    actor: User | None, experiment: Experiment, by_trace: Mapping[str, list[Span]], run: Run | None
) -> list[Trace]:
    """The rows of these traces, those that are new made; sorted, so that two posts never wait for each other."""
    present = set(_rows(experiment.workspace, by_trace).values_list("trace_id", flat=True))
    fresh = [
        Trace(
            workspace=experiment.workspace,
            experiment=experiment,
            run=run,
            trace_id=trace_id,
            request_time_ms=min(span.start_ns for span in told) // 1_000_000,
            created_by=actor,
        )
        for trace_id, told in sorted(by_trace.items())
        if trace_id not in present
    ]
    # Another post may make the same trace now: whoever comes second finds it.
    Trace.objects.bulk_create(fresh, ignore_conflicts=True)
    found = list(_rows(experiment.workspace, by_trace).order_by("trace_id"))
    for trace in found:
        trace.workspace = experiment.workspace
    return found


def _rows(workspace: Workspace, trace_ids: Mapping[str, Any]) -> "models.QuerySet[Trace]":
    return Trace.objects.filter(workspace=workspace, trace_id__in=list(trace_ids))


def _row(trace: Trace, span: Span) -> TraceSpan:
    data, size = spans.pack(span)
    cost = span.cost or {}
    return TraceSpan(
        trace=trace,
        span_id=span.span_id,
        parent_id=span.parent_id,
        name=words.one_line(span.name),
        type=words.one_line(span.type),
        status=span.status,
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        model=span.model,
        provider=span.provider,
        input_cost=words.finite(cost.get("input_cost")),
        output_cost=words.finite(cost.get("output_cost")),
        total_cost=words.finite(cost.get("total_cost")),
        size=size,
        text=spans.text_of(span),
        data=data,
    )


def _extent(trace: Trace) -> Extent:
    sums = TraceSpan.objects.filter(trace=trace).aggregate(
        count=models.Count("id"),
        size=models.Sum("size", default=0),
        start_ns=models.Min("start_ns"),
        end_ns=models.Max("end_ns"),
    )
    return Extent(**sums)


def _tell(trace: Trace, extent: Extent, roots: list[Span], found: Sequence[Span]) -> None:
    """Bring the trace's own row up to date. What the client has reported itself stays."""
    changes: dict[str, Any] = {"span_count": extent.count, "size": extent.size}
    root = roots[-1] if roots else None
    if not trace.is_reported:
        start_ms = extent.start_ns // 1_000_000
        changes["request_time_ms"] = start_ms
        if extent.end_ns is not None:
            changes["duration_ms"] = extent.end_ns // 1_000_000 - start_ms
        if root is not None:
            changes["state"] = TraceState.ERROR if root.status == spans.ERROR else TraceState.OK
    if root is not None:
        changes |= _words_of_root(trace, root)
    if not trace.session and (session := next(filter(None, map(semantics.session_of, found)), "")):
        changes["session"] = words.one_line(session)
    changes |= _sums(trace, extent, root is not None, found)
    Trace.objects.filter(pk=trace.pk).update(**changes)
    for name, value in changes.items():
        setattr(trace, name, value)


def _words_of_root(trace: Trace, root: Span) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if not trace.name:
        changes["name"] = words.one_line(root.name)
    if trace.request_preview is None and (told := previews.preview(root.inputs, role="user")) is not None:
        changes["request_preview"] = told
    if trace.response_preview is None and (told := previews.preview(root.outputs, role="assistant")) is not None:
        changes["response_preview"] = told
    return changes


def _sums(trace: Trace, extent: Extent, has_root: bool, found: Sequence[Span]) -> dict[str, Any]:
    """Tokens and costs of the whole tree, once its root is there, unless the client has reported them."""
    if not has_root and (not trace.is_over or extent.count > _SUMS_UP_TO):
        return {}
    is_whole = extent.count == len({span.span_id for span in found})
    if not is_whole and trace.is_reported and trace.total_tokens is not None:
        return {}
    tree = list(found) if is_whole else [spans.unpack(data) for data in _packed(trace)]
    changes: dict[str, Any] = {}
    if not (trace.is_reported and trace.total_tokens is not None):
        changes |= words.token_columns(semantics.total(tree, spans.USAGE))
    if not (trace.is_reported and trace.total_cost is not None):
        changes |= words.cost_columns(semantics.total(tree, spans.COST))
    return changes


def _packed(trace: Trace) -> "models.QuerySet[TraceSpan, Any]":
    return TraceSpan.objects.filter(trace=trace).order_by("pk").values_list("data", flat=True)


def _tags(found: Sequence[Span]) -> dict[str, str]:
    """The trace's name, and the tags that an exporter carries as attributes of the root span."""
    tags: dict[str, str] = {}
    for span in found:
        if not span.is_root:
            continue
        for key, value in span.attributes.items():
            if key.startswith(spans.TAG_PREFIX) and len(key) <= MAX_KEY + len(spans.TAG_PREFIX):
                tags[key.removeprefix(spans.TAG_PREFIX)] = value if isinstance(value, str) else previews.as_text(value)
    return tags


def _resource_tags(resource: Mapping[str, Any]) -> dict[str, str]:
    """What the process says of itself (`service.name`), less what its SDK says of the SDK."""
    told = {key: value for key, value in resource.items() if not key.startswith(_HIDDEN_RESOURCES)}
    return {key: value if isinstance(value, str) else previews.as_text(value) for key, value in told.items()}


def _metadata(trace: Trace, found: Sequence[Span]) -> dict[str, str]:
    told = {words.SESSION: trace.session, words.USER: next(filter(None, map(semantics.user_of, found)), "")}
    if trace.run_id:
        told[words.SOURCE_RUN] = trace.run_id
    return {key: value for key, value in told.items() if value}

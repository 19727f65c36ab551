"""Reading traces: rows with what belongs to them, in few queries whatever their number."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Prefetch

from runs.traces import spans as span_forms
from runs.traces.models import Assessment, Trace, TraceMetadata, TraceSpan, TraceTag
from runs.traces.spans import Span
from studio.access.models import Workspace
from studio.errors import NotFound

SIZE_STATS = "mlflow.trace.sizeStats"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class TraceFacts:
    """A trace with its tags, its metadata and what was said of it."""

    trace: Trace
    tags: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    assessments: list[Assessment] = field(default_factory=list)

    def is_whole(self, count: int) -> bool:
        """Whether so many spans are all that the client says there are."""
        try:
            wanted = json.loads(self.metadata.get(SIZE_STATS, "{}")).get("num_spans", 1)
        except (ValueError, AttributeError):
            wanted = 1
        return count >= (wanted if isinstance(wanted, int) else 1)


def trace_named(workspace: Workspace, trace_id: str) -> Trace | None:
    return Trace.objects.filter(workspace=workspace, trace_id=trace_id).first()


def runs_of_traces(workspace: Workspace, trace_ids: Collection[str]) -> list[str]:
    """The runs that these traces belong to, each once."""
    rows = Trace.objects.filter(workspace=workspace, trace_id__in=list(trace_ids), run__isnull=False)
    return sorted(set(rows.values_list("run_id", flat=True)))


def facts_of(traces: Sequence[Trace]) -> list[TraceFacts]:
    """These traces with what belongs to them: three queries."""
    models.prefetch_related_objects(
        list(traces),
        "experiment",
        Prefetch("tags", TraceTag.objects.order_by("pk")),
        Prefetch("metadata", TraceMetadata.objects.order_by("pk")),
        Prefetch("assessments", Assessment.objects.order_by("created_ms", "pk")),
    )
    return [
        TraceFacts(
            trace=trace,
            tags={tag.key: tag.value for tag in trace.tags.all()},
            metadata={entry.key: entry.value for entry in trace.metadata.all()},
            assessments=list(trace.assessments.all()),
        )
        for trace in traces
    ]


def facts_by_pk(ids: Sequence[int]) -> list[TraceFacts]:
    """The traces of these rows, in this order."""
    found = Trace.objects.select_related("workspace").in_bulk(list(ids))
    return facts_of([found[pk] for pk in ids if pk in found])


def facts_in_order(rows: "models.QuerySet[Trace]", trace_ids: Sequence[str]) -> list[TraceFacts]:
    """The traces among `rows` in the order in which their ids were named."""
    found = {trace.trace_id: trace for trace in rows.select_related("workspace").order_by()}
    return facts_of([found[trace_id] for trace_id in dict.fromkeys(trace_ids) if trace_id in found])


def spans_of(trace: Trace) -> list[Span]:
    """A trace's spans by their start."""
    return spans_by_trace([trace])[trace.pk]


def spans_by_trace(traces: Iterable[Trace]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {trace.pk: [] for trace in traces}
    keys = list(found)
    for start in range(0, len(keys), _AT_ONCE):
        rows = TraceSpan.objects.filter(trace__in=keys[start : start + _AT_ONCE]).order_by("trace_id", "start_ns", "pk")
        for trace_pk, data in rows.values_list("trace_id", "data"):
            found[trace_pk].append(span_forms.unpack(data))
    return found


def span_of(trace: Trace, span_id: str) -> Span:
    """One span of a trace. Raises NotFound."""
    found = maybe_span(trace, span_id)
    if found is None:
        raise NotFound("not_found", "There is no such span in this trace.")
    return found


def maybe_span(trace: Trace, span_id: str) -> Span | None:
    data = TraceSpan.objects.filter(trace=trace, span_id=span_id[:16]).values_list("data", flat=True).first()
    return None if data is None else span_forms.unpack(data)

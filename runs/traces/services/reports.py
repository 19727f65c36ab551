"""What a client says of a whole trace: when it begins, when it is over, and what it came to."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from runs.traces import previews
from runs.traces.models import MAX_TRACE_ID, Trace, TraceState
from runs.traces.services import assessments, words
from runs.traces.services.assessments import Verdict
from runs.traces.services.ingest import NAME_TAG, hint
from runs.tracking.models import Experiment, Run
from studio.accounts.models import User
from studio.errors import Invalid


@dataclass(frozen=True, slots=True)
class Report:
    """A trace as its client tells it. What is None was not said."""

    trace_id: str
    request_time_ms: int
    state: str
    duration_ms: int | None = None
    request_preview: str | None = None
    response_preview: str | None = None
    client_request_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    verdicts: Sequence[Verdict] = ()


@transaction.atomic
def report_trace(*, actor: User | None, experiment: Experiment, report: Report, run: Run | None = None) -> Trace:
    """Store what a client says of a trace, which is made when its spans have not made it. Saying it again changes nothing.

    `run` is the run named by the metadata, where the caller may write to it.
    """
    trace_id = _checked_id(report.trace_id)
    columns = _columns(report) | {"experiment": experiment, "run": run}
    fresh = Trace(workspace=experiment.workspace, trace_id=trace_id, created_by=actor, **columns)
    Trace.objects.bulk_create([fresh], ignore_conflicts=True)
    trace = Trace.objects.get(workspace=experiment.workspace, trace_id=trace_id)
    trace.workspace = experiment.workspace
    _update(trace, {name: value for name, value in columns.items() if value is not None})
    words.merge_tags(trace, report.tags)
    words.merge_metadata(trace, report.metadata)
    for verdict in report.verdicts:
        assessments.keep(actor=actor, trace=trace, verdict=verdict)
    hint(trace)
    return trace


@transaction.atomic
def end_trace(
    *,
    actor: User | None,
    trace: Trace,
    end_ms: int,
    state: str,
    tags: Mapping[str, str],
    metadata: Mapping[str, str],
) -> Trace:
    """The older way to say that a trace is over: its end, how it ended, and more tags and metadata."""
    changes: dict[str, Any] = {"duration_ms": max(0, end_ms - trace.request_time_ms), "state": _state(state)}
    changes |= words.columns_of(metadata) | _previews_of(trace, metadata)
    changes["is_reported"] = changes["state"] != TraceState.IN_PROGRESS
    if name := tags.get(NAME_TAG):
        changes["name"] = words.one_line(name)
    _update(trace, changes)
    words.merge_tags(trace, tags)
    words.merge_metadata(trace, metadata)
    hint(trace)
    return trace


def new_trace_id() -> str:
    """A name for a trace whose client leaves naming to us."""
    return f"tr-{secrets.token_hex(16)}"


def _columns(report: Report) -> dict[str, Any]:
    state = _state(report.state)
    columns: dict[str, Any] = {
        "name": words.one_line(report.tags[NAME_TAG]) if report.tags.get(NAME_TAG) else "",
        "request_time_ms": report.request_time_ms,
        "duration_ms": report.duration_ms,
        "state": state,
        "is_reported": state != TraceState.IN_PROGRESS,
        "client_request_id": words.one_line(report.client_request_id or ""),
        "request_preview": _preview(report.request_preview),
        "response_preview": _preview(report.response_preview),
    }
    return columns | words.columns_of(report.metadata)


def _update(trace: Trace, changes: dict[str, Any]) -> None:
    if changes.get("name") == "":
        changes.pop("name")  # the root span's name is better than none
    Trace.objects.filter(pk=trace.pk).update(**changes)
    for name, value in changes.items():
        setattr(trace, name, value)


def _previews_of(trace: Trace, metadata: Mapping[str, str]) -> dict[str, str]:
    """Older clients say request and answer in metadata only."""
    told = {"request_preview": "mlflow.traceInputs", "response_preview": "mlflow.traceOutputs"}
    return {
        column: previews.shorten(metadata[key])
        for column, key in told.items()
        if metadata.get(key) and getattr(trace, column) is None
    }


def _preview(value: str | None) -> str | None:
    return None if value is None else previews.shorten(value, previews.MAX_PREVIEW)


def _state(value: str) -> str:
    if value not in TraceState.values:
        raise Invalid("bad_trace", f"A trace has no state {value[:40]!r}.", hint=f"Use {', '.join(TraceState.values)}.")
    return value


def _checked_id(trace_id: str) -> str:
    is_plain = trace_id.isascii() and trace_id.isprintable() and "/" not in trace_id and " " not in trace_id
    if not 0 < len(trace_id) <= MAX_TRACE_ID or not is_plain:
        raise Invalid("bad_trace", f"A trace's id has 1 to {MAX_TRACE_ID} letters, digits or signs other than a slash.")
    return trace_id

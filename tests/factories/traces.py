"""Traces, made the way clients make them."""

from typing import Any

from runs.traces.models import Trace
from runs.traces.services import ingest
from runs.traces.spans import INPUTS, OUTPUTS, TYPE, Span
from runs.tracking.models import Experiment, Run
from studio.accounts.models import User
from tests.factories import sequence

SECOND = 1_000_000_000
BEGIN = 1_700_000_000 * SECOND


def make_span(trace: str = "a" * 32, span: str = "1" * 16, parent: str = "", **values: Any) -> Span:
    """A span of half a second, `at` seconds after the beginning; `inputs`, `outputs` and `type` become attributes."""
    at, length = values.pop("at", 0), values.pop("seconds", 0.5)
    attributes = dict(values.pop("attributes", {}))
    for name, key in (("inputs", INPUTS), ("outputs", OUTPUTS), ("type", TYPE)):
        if name in values:
            attributes[key] = values.pop(name)
    start = BEGIN + int(at * SECOND)
    end = values.pop("end_ns", start + int(length * SECOND))
    name = values.pop("name", "step")
    return Span(trace, span, parent, name, start, end, attributes=attributes, **values)


def make_trace(experiment: Experiment, *, actor: User | None = None, run: Run | None = None, **root: Any) -> Trace:
    """A trace of one root span and one below it."""
    name = f"{sequence.number():032x}"
    found = [
        make_span(name, "1" * 16, **{"name": "answer", "seconds": 2, "status": "OK", **root}),
        make_span(name, "2" * 16, "1" * 16, name="model", at=root.get("at", 0) + 0.25, seconds=0.5, type="LLM"),
    ]
    return ingest.log_spans(actor=actor, experiment=experiment, found=found, run=run)[0]

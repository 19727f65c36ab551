"""Tags, metadata and numbers of a trace in the form the tables take: cut to size, without what a database refuses."""

import json
import math
from collections.abc import Mapping
from typing import Any

from runs.traces.models import MAX_KEY, MAX_VALUE, Trace, TraceMetadata, TraceTag
from studio.errors import Invalid

# MLflow's names of what a trace's metadata says.
SOURCE_RUN, SESSION, USER = "mlflow.sourceRun", "mlflow.trace.session", "mlflow.trace.user"
USAGE, COST = "mlflow.trace.tokenUsage", "mlflow.trace.cost"
# Answered from what is stored, never stored themselves.
OWN_TAGS = frozenset(
    {
        "mlflow.artifactLocation",
        "mlflow.trace.spansLocation",
        "mlflow.trace.archiveLocation",
        "mlflow.trace.archivalFailure",
    }
)
MAX_ENTRIES = 200
_TOKENS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "total_tokens": "total_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_creation_input_tokens": "cache_creation_tokens",
}
_COSTS = ("input_cost", "output_cost", "total_cost")


def merge_tags(trace: Trace, tags: Mapping[str, Any]) -> None:
    """Set these tags, leave the others. Those of MLflow's store itself are ours to say and are passed over."""
    wanted = {key: value for key, value in clean(tags).items() if key not in OWN_TAGS}
    _check_room(trace, TraceTag, wanted)
    rows = [TraceTag(trace=trace, key=key, value=value) for key, value in sorted(wanted.items())]
    if rows:
        TraceTag.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["trace", "key"], update_fields=["value"]
        )


def merge_metadata(trace: Trace, metadata: Mapping[str, Any], *, keep: bool = False) -> None:
    """Set these entries, leave the others; with `keep`, what is there already stays."""
    wanted = clean(metadata)
    _check_room(trace, TraceMetadata, wanted)
    rows = [TraceMetadata(trace=trace, key=key, value=value) for key, value in sorted(wanted.items())]
    if not rows:
        return
    if keep:
        TraceMetadata.objects.bulk_create(rows, ignore_conflicts=True)
        return
    TraceMetadata.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["trace", "key"], update_fields=["value"]
    )


def clean(entries: Mapping[str, Any]) -> dict[str, str]:
    """Keys and values as texts, cut to what the tables hold; entries without a key are passed over."""
    found = {}
    for key, value in entries.items():
        name = one_line(key)
        if name:
            found[name] = text(value)
    return found


def one_line(value: Any) -> str:
    return _valid(str(value))[:MAX_KEY]


def text(value: Any) -> str:
    return _valid(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))[:MAX_VALUE]


def finite(value: Any) -> float | None:
    """A number a database can keep, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def token_columns(account: Mapping[str, Any]) -> dict[str, int]:
    """The columns of a trace for an account of tokens in MLflow's words."""
    found = {}
    for name, column in _TOKENS.items():
        number = finite(account.get(name))
        if number is not None and 0 <= number < 2**62:
            found[column] = int(number)
    return found


def cost_columns(account: Mapping[str, Any]) -> dict[str, float]:
    return {name: number for name in _COSTS if (number := finite(account.get(name))) is not None}


def columns_of(metadata: Mapping[str, str]) -> dict[str, Any]:
    """What reported metadata says in columns: session, tokens, cost."""
    changes: dict[str, Any] = token_columns(account(metadata.get(USAGE))) | cost_columns(account(metadata.get(COST)))
    if session := metadata.get(SESSION):
        changes["session"] = one_line(session)
    return changes


def sums_as_metadata(trace: Trace) -> dict[str, str]:
    """The trace's tokens and cost as MLflow's metadata."""
    tokens = {name: getattr(trace, column) for name, column in _TOKENS.items()}
    costs = {name: getattr(trace, name) for name in _COSTS}
    found = {}
    for key, sums in ((USAGE, tokens), (COST, costs)):
        told = {name: value for name, value in sums.items() if value is not None}
        if told:
            found[key] = json.dumps(told)
    return found


def account(value: str | None) -> dict[str, Any]:
    """An object that came as JSON text; empty when it is none."""
    try:
        found = json.loads(value or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _valid(value: str) -> str:
    return value.replace("\x00", "").encode(errors="replace").decode()


def _check_room(trace: Trace, model: type[TraceTag] | type[TraceMetadata], wanted: Mapping[str, str]) -> None:
    if len(wanted) < MAX_ENTRIES // 4:
        return  # counting costs a query: only where it could matter
    present = model.objects.filter(trace=trace).exclude(key__in=list(wanted)).count()
    if present + len(wanted) > MAX_ENTRIES:
        raise Invalid("too_many_entries", f"A trace takes at most {MAX_ENTRIES} tags and as many metadata entries.")

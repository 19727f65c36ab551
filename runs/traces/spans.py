"""One span in the form the studio keeps: identifiers in hex, times in nanoseconds, attributes as plain values."""

import json
import threading
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import zstandard

from runs.traces.models import MAX_KEY

OK, ERROR, UNSET = "OK", "ERROR", "UNSET"
# The attributes by which MLflow's client says what a span was.
TYPE, INPUTS, OUTPUTS = "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs"
USAGE, COST, MODEL, PROVIDER = "mlflow.chat.tokenUsage", "mlflow.llm.cost", "mlflow.llm.model", "mlflow.llm.provider"
REQUEST_ID, TAG_PREFIX = "mlflow.traceRequestId", "mlflow.traceTag."
UNKNOWN = "UNKNOWN"

MAX_TEXT = 4_000  # so much of a span can be found by its text
_LEVEL = 3
_local = threading.local()  # a (de)compressor is costly to make and serves one thread at a time


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    time_ns: int
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    trace_id: str
    span_id: str
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    trace_id: str  # 32 hex digits
    span_id: str  # 16 hex digits
    parent_id: str  # "" for the root
    name: str
    start_ns: int
    end_ns: int | None
    status: str = UNSET
    message: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def is_root(self) -> bool:
        return not self.parent_id

    @property
    def type(self) -> str:
        value = self.attributes.get(TYPE)
        return value[:MAX_KEY] if isinstance(value, str) and value else UNKNOWN

    @property
    def inputs(self) -> Any:
        return self.attributes.get(INPUTS)

    @property
    def outputs(self) -> Any:
        return self.attributes.get(OUTPUTS)

    @property
    def usage(self) -> dict[str, Any] | None:
        """Its tokens, where it counted any."""
        return _object(self.attributes.get(USAGE))

    @property
    def cost(self) -> dict[str, Any] | None:
        return _object(self.attributes.get(COST))

    @property
    def model(self) -> str:
        return _short(self.attributes.get(MODEL))

    @property
    def provider(self) -> str:
        return _short(self.attributes.get(PROVIDER))

    def with_attributes(self, attributes: dict[str, Any]) -> "Span":
        return replace(self, attributes=attributes)


def pack(span: Span) -> tuple[bytes, int]:
    """The whole span as bytes, and how many it was before they were packed."""
    raw = json.dumps(asdict(span), ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return _compressor().compress(raw), len(raw)


def unpack(data: bytes | memoryview) -> Span:
    kept = json.loads(_decompressor().decompress(bytes(data)))
    events = tuple(Event(**event) for event in kept.pop("events"))
    links = tuple(Link(**link) for link in kept.pop("links"))
    return Span(**kept, events=events, links=links)


def text_of(span: Span) -> str:
    """What a search looks through: name, attributes and events as JSON, without what is only bookkeeping."""
    attributes = {key: value for key, value in span.attributes.items() if key != REQUEST_ID}
    events = [{"name": event.name, "attributes": event.attributes} for event in span.events]
    told: dict[str, Any] = {"name": span.name, "attributes": attributes}
    if events:
        told["events"] = events
    if span.message:
        told["message"] = span.message
    return json.dumps(told, ensure_ascii=False)[:MAX_TEXT].replace("\x00", " ").encode(errors="replace").decode()


def _object(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _short(value: Any) -> str:
    return value[:MAX_KEY].replace("\x00", "") if isinstance(value, str) else ""


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    found: zstandard.ZstdCompressor = _local.compressor
    return found


def _decompressor() -> zstandard.ZstdDecompressor:
    if not hasattr(_local, "decompressor"):
        _local.decompressor = zstandard.ZstdDecompressor()
    found: zstandard.ZstdDecompressor = _local.decompressor
    return found

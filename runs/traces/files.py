"""The files of a trace, for MLflow's artifact proxy: its spans as one document, and what came with it.

`traces.json` is no file here: reading writes it from the spans, storing it stores spans. Other paths are files.
"""

import base64
import binascii
import io
import json
from typing import Any

from django.db import transaction

from runs.traces import json_texts, otlp, queries, spans
from runs.traces.models import Trace, TraceFile
from runs.traces.services import ingest
from runs.traces.spans import Event, Link, Span
from studio.accounts.models import User
from studio.api import parsers
from studio.errors import Invalid, NotFound, TooLarge
from studio.storage import blobs, shelves
from studio.storage.models import Blob

DATA = "traces.json"
JSON = "application/json"
_STATUSES = {"STATUS_CODE_OK": spans.OK, "STATUS_CODE_ERROR": spans.ERROR, "OK": spans.OK, "ERROR": spans.ERROR}


class TraceShelf(shelves.Shelf[TraceFile]):
    """The files of a trace, where `traces.json` stands for its spans."""

    def __init__(self, trace: Trace, actor: User | None = None) -> None:
        super().__init__(TraceFile, {"trace": trace}, trace.workspace, what="this trace")
        self.trace = trace
        self.actor = actor

    def at(self, path: str) -> TraceFile:
        """The file of a path. The document of spans is written anew each time and kept by nobody."""
        if path != DATA:
            return super().at(path)
        data = read_data(self.trace)
        if data is None:
            raise NotFound("not_found", f"The trace {self.trace.trace_id} has no spans yet.")
        blob = blobs.store(workspace=self.workspace, stream=io.BytesIO(data), limit=len(data))
        return TraceFile(trace=self.trace, path=path, blob=blob, size=blob.size, content_type=JSON)

    def keep(self, path: str, blob: Blob, *, content_type: str = "") -> TraceFile:
        """Give stored bytes their name; those of the document become spans. Raises Invalid when it can't be read."""
        if path != DATA:
            return super().keep(path, blob, content_type=content_type)
        if blob.size > ingest.MAX_BYTES:
            raise TooLarge("trace_too_large", f"A trace holds at most {ingest.MAX_BYTES // 2**20} MiB.")
        with blobs.open_blob(blob) as stream:
            write_data(actor=self.actor, trace=self.trace, data=stream.read())
        return TraceFile(trace=self.trace, path=path, blob=blob, size=blob.size, content_type=JSON)


def shelf_of(trace: Trace, actor: User | None = None) -> TraceShelf:
    """Where the files of a trace stand."""
    return TraceShelf(trace, actor)


def read_data(trace: Trace) -> bytes | None:
    """The trace's spans as MLflow's `traces.json`; None while there are none."""
    found = queries.spans_of(trace)
    if not found:
        return None
    return json.dumps({"spans": [_document(span) for span in found]}, ensure_ascii=False).encode(errors="replace")


@transaction.atomic
def write_data(*, actor: User | None, trace: Trace, data: bytes) -> int:
    """Store the spans of a `traces.json`; those that are there already stay one. Answers how many it held."""
    try:
        told = parsers.loads(data, allow_nan=True)["spans"]
        found = [_span(item, trace) for item in told]
    except (Invalid, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise Invalid("bad_spans", f"This is no {DATA} of MLflow: it can't be read.") from None
    if len(found) > ingest.MAX_SPANS:
        raise TooLarge("trace_too_large", f"A trace holds at most {ingest.MAX_SPANS:,} spans.")
    if found:
        ingest.store(trace=trace, found=found)
    return len(found)


def _document(span: Span) -> dict[str, Any]:
    return {
        "trace_id": _base64(span.trace_id),
        "span_id": _base64(span.span_id),
        "parent_span_id": _base64(span.parent_id) if span.parent_id else None,
        "name": span.name,
        "start_time_unix_nano": span.start_ns,
        "end_time_unix_nano": span.end_ns,
        "events": [
            {"name": event.name, "time_unix_nano": event.time_ns, "attributes": event.attributes}
            for event in span.events
        ],
        "status": {"code": otlp.status_code(span.status), "message": span.message},
        "attributes": {key: json.dumps(value, ensure_ascii=False) for key, value in span.attributes.items()},
        "links": [
            {"trace_id": f"tr-{link.trace_id}", "span_id": link.span_id, "attributes": link.attributes}
            for link in span.links
        ],
    }


def _span(told: dict[str, Any], trace: Trace) -> Span:
    """A span in the document's form, or in the one before MLflow 3 (`context`)."""
    older = told.get("context")
    place = older or told
    status = told.get("status") or {}
    ended = told.get("end_time_unix_nano", told.get("end_time"))
    return Span(
        trace_id=_hex(place["trace_id"], 32),
        span_id=_hex(place["span_id"], 16),
        parent_id=_hex(told.get("parent_span_id") or told.get("parent_id") or "", 16),
        name=str(told["name"]),
        start_ns=int(told.get("start_time_unix_nano") or told.get("start_time") or 0),
        end_ns=int(ended) if ended else None,
        status=_STATUSES.get(status.get("code", told.get("status_code", "")), spans.UNSET),
        message=str(status.get("message") or told.get("status_message") or ""),
        attributes=_attributes(told.get("attributes") or {}, trace),
        events=tuple(_event(item) for item in told.get("events") or []),
        links=tuple(_link(item) for item in told.get("links") or []),
    )


def _attributes(told: dict[str, Any], trace: Trace) -> dict[str, Any]:
    """Each value is kept as a JSON text there."""
    found = {str(key): _read(value) for key, value in told.items()}
    return {**found, spans.REQUEST_ID: trace.trace_id}


def _read(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return json_texts.value_of(value)


def _event(told: dict[str, Any]) -> Event:
    at = told.get("time_unix_nano", told.get("timestamp")) or 0
    return Event(name=str(told.get("name", "")), time_ns=int(at), attributes=dict(told.get("attributes") or {}))


def _link(told: dict[str, Any]) -> Link:
    return Link(
        trace_id=_hex(told["trace_id"], 32),
        span_id=_hex(told["span_id"], 16),
        attributes=dict(told.get("attributes") or {}),
    )


def _hex(identifier: str, digits: int) -> str:
    """An identifier as hex, which may come in base64, or in hex with a prefix."""
    text = str(identifier)
    if not text:
        return ""
    plain = text.rpartition("/")[2] if text.startswith("trace:/") else text
    plain = plain.removeprefix("tr-").removeprefix("0x")
    if len(plain) <= digits and all(letter in "0123456789abcdefABCDEF" for letter in plain):
        return plain.lower().zfill(digits)
    try:
        return base64.b64decode(text, validate=True).hex().zfill(digits)[-digits:]
    except binascii.Error:
        raise ValueError(text) from None


def _base64(identifier: str) -> str:
    return base64.b64encode(bytes.fromhex(identifier)).decode()

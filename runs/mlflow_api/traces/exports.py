"""`v1/traces`: spans from any OpenTelemetry exporter over HTTP, MLflow's own client among them."""

import zlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from runs.mlflow_api.traces.traces import TracesView
from runs.mlflow_api.tracking import finding
from runs.traces import otlp
from runs.traces.services import ingest, words
from runs.tracking.models import Experiment, Run
from runs.tracking.services import experiments
from studio.access import Permission
from studio.api.parsers import read_body
from studio.errors import Invalid, TooLarge

LIMIT = 32 * 1024 * 1024
EXPERIMENT_ID, RUN_ID = "x-mlflow-experiment-id", "x-mlflow-run-id"
# A plain exporter's owner knows the experiment by its path.
EXPERIMENT_PATH = "x-atelier-experiment"


class RawParser(BaseParser):
    """The body as it is, unpacked; what it means depends on its Content-Type."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        meta = parser_context["request"].META
        if meta.get("HTTP_CONTENT_ENCODING", "").strip().lower() != "deflate":
            return read_body(stream, meta, limit=LIMIT)
        plain = {name: value for name, value in meta.items() if name != "HTTP_CONTENT_ENCODING"}
        return _inflated(read_body(stream, plain, limit=LIMIT))


class AnyAnswer(BaseContentNegotiation):
    """Exporters ask for protobuf back or for nothing in particular; errors are JSON in any case."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Export(TracesView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}
    parser_classes = (RawParser,)
    content_negotiation_class = AnyAnswer

    def post(self, request: Request, workspace: str) -> HttpResponse:
        content_type = request.META.get("CONTENT_TYPE", "")
        body = request.data if isinstance(request.data, bytes) else b""
        batch = otlp.parse(body, content_type)
        if not batch.spans:
            raise Invalid("bad_spans", "This is no OpenTelemetry trace export: no spans found.")
        experiment = self._experiment(request)
        self.check_ours(request, {ingest.trace_id_of(span) for span in batch.spans})
        ingest.log_spans(
            actor=self.person,
            experiment=experiment,
            found=batch.spans,
            resources=batch.resources,
            run=self._run(request),
        )
        is_json = content_type.startswith(otlp.JSON)
        return HttpResponse(b"{}" if is_json else b"", content_type=otlp.JSON if is_json else otlp.PROTOBUF)

    def _experiment(self, request: Request) -> Experiment:
        if path := request.headers.get(EXPERIMENT_PATH):
            found = experiments.ensure_experiment(actor=self.person, workspace=self.workspace, path=path)
            return self.experiment(request, str(found.pk), is_active=True)
        experiment_id = request.headers.get(EXPERIMENT_ID, finding.DEFAULT_ID)
        return self.experiment(request, experiment_id, is_active=True)

    def _run(self, request: Request) -> Run | None:
        return self.run_of(request, _source(request.headers))


def _source(headers: Mapping[str, str]) -> dict[str, str]:
    return {words.SOURCE_RUN: headers.get(RUN_ID, "")}


def _inflated(raw: bytes) -> bytes:
    """Deflate with zlib's header or without: exporters send both."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        unpacker = zlib.decompressobj(wbits=window)
        try:
            data = unpacker.decompress(raw, LIMIT + 1)
        except zlib.error:
            continue
        if len(data) > LIMIT:
            raise TooLarge("body_too_large", f"The body is larger than the {LIMIT:,} bytes this address takes.")
        return data
    raise Invalid("bad_deflate", "The body says it is deflate, but it can't be unpacked.")

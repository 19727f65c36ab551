"""A trace's files by the address that MLflow's own page used."""

from typing import ClassVar

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.artifacts import base
from runs.mlflow_api.traces.traces import TracesView
from runs.traces import files as trace_files
from studio.access import Permission
from studio.api import files
from studio.storage.names import safe_relpath


class Document(TracesView):
    """GET: the spans as `traces.json`, or with `path` what was attached to them."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}
    content_negotiation_class = files.AnyAccept

    def get(self, request: Request, workspace: str) -> HttpResponseBase:
        body = fields.body_of(request)
        attached = fields.text(body, "path")
        path = f"attachments/{safe_relpath(base.checked(attached))}" if attached else trace_files.DATA
        trace = self.trace(request, fields.required(body, "request_id"), Permission.RUN_VIEW)
        return base.download(request, trace_files.shelf_of(trace).at(path), name=path)

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(base.as_mlflow(exc))

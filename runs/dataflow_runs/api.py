"""`dataflows/<name>/run`: the draft or a version over everything."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data import names
from registry.data.dataflows import queries, services
from registry.data.dataflows.models import Dataflow
from runs.dataflow_runs import services as dataflow_runs
from studio.access import Permission
from studio.api import fields
from studio.api.fields import Int64, StrictSerializer, Text
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView


class RunDataflow(StrictSerializer):
    """A saved `version`, or the draft at `stamp`: a draft that differs from the newest version is saved as one first."""

    output = Text(max_length=names.MAX_NAME, help_text="the data asset that the result becomes a version of")
    version = Int64(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    stamp = Int64(min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    compute = Text(max_length=255, required=False, allow_blank=True, default="")


class DataflowRunAnswer(serializers.Serializer):
    run_id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    version = serializers.IntegerField()


class Run(WorkspaceAPIView):
    """A run that carries a dataflow out over all of its data."""

    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}

    @extend_schema(request=RunDataflow, responses={201: DataflowRunAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        flow = self.row(request, Dataflow, Permission.DATA_EDIT, name=name)
        values = fields.clean(RunDataflow, request.data)
        if values["version"] is not None:
            version = queries.version_at(flow, str(values["version"]))
        else:
            version = services.version_of_draft(actor=request.user, flow=flow, stamp=values["stamp"])
        run = dataflow_runs.run_flow(
            actor=request.user, workspace=self.workspace, version=version, output=values["output"],
            compute=values["compute"],
        )  # fmt: skip
        answer = {"run_id": run.pk, "name": run.name, "url": run.get_absolute_url(), "version": version.number}
        return Response(answer, status=201)

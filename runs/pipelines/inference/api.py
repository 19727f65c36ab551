"""Inference pipelines over REST."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.mlmodels import serializers as model_serializers
from runs.pipelines.engine import queries as engine_queries
from runs.pipelines.inference import registering, services
from runs.pipelines.models import Pipeline
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api import fields
from studio.api.views import WorkspaceAPIView


class InferenceQuestion(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["realtime", "batch"])
    node = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")
    name = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")


class InferenceAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    url = serializers.CharField()


class Inference(WorkspaceAPIView):
    """Make an inference pipeline of what a completed run learned."""

    policy: ClassVar = {"POST": Permission.PIPELINE_EDIT}

    @extend_schema(operation_id="pipeline_run_inference", request=InferenceQuestion, responses={201: InferenceAnswer})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        values = fields.clean(InferenceQuestion, request.data)
        made = services.create_inference(actor=request.user, pipeline_run=engine_queries.pipeline_run_of(run), **values)
        answer = {"id": made.pk, "name": made.name, "purpose": made.purpose, "url": made.get_absolute_url()}
        return Response(answer, status=201)


class ModelQuestion(serializers.Serializer):
    name = serializers.CharField(max_length=255)
    description = serializers.CharField(max_length=10000, required=False, allow_blank=True, default="")


class PipelineModel(WorkspaceAPIView):
    """Make a model version of a real-time inference pipeline, which can be deployed."""

    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    @extend_schema(
        operation_id="pipeline_model", request=ModelQuestion, responses={201: model_serializers.VersionAnswer}
    )
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = access.get_or_404(request, Pipeline, pk, Permission.PIPELINE_VIEW)
        values = fields.clean(ModelQuestion, request.data)
        made = registering.register_model(actor=request.user, pipeline=pipeline, **values)
        return Response(model_serializers.version(made), status=201)

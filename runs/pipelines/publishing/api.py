"""Published pipelines over REST: published, switched, called."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.pipelines.drafts import queries as drafts
from runs.pipelines.drafts import serializers as draft_shapes
from runs.pipelines.drafts import services as draft_services
from runs.pipelines.drafts import shown as drafts_shown
from runs.pipelines.models import Pipeline, PipelineEndpoint, PipelineEndpointVersion, PipelineVersion
from runs.pipelines.publishing import queries, serializers, services, shown
from studio import access
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView

VIEW, EDIT = Permission.PIPELINE_VIEW, Permission.PIPELINE_EDIT
LIST = [listing.WORDS, *listing.PAGE]


class EndpointView(WorkspaceAPIView):
    """A view of one published pipeline. Its rights are the workspace's: the policy is judged before."""

    def endpoint(self, request: Request, name: str) -> PipelineEndpoint:
        return self.row(request, PipelineEndpoint, VIEW, name=name)

    def source(self, request: Request, values: dict[str, Any]) -> PipelineVersion:
        """The version of a pipeline that is to be published."""
        pipeline = access.get_or_404(request, Pipeline, values.pop("pipeline"), VIEW)
        number = values.pop("version")
        if number is None:
            return draft_services.keep_version(actor=request.user, pipeline=pipeline)
        return drafts.version_at(pipeline, number)


class Endpoints(EndpointView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="pipeline_endpoints_list", parameters=LIST, responses={200: serializers.PipelineEndpointList}
    )
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.with_answering(queries.endpoints_in(self.workspace, listing.words(request)))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=shown.endpoint))

    @extend_schema(request=serializers.PublishPipeline, responses={201: serializers.PipelineEndpointAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.PublishPipeline, request.data)
        source = self.source(request, values)
        made = services.publish(actor=request.user, version=source, endpoint=values.pop("name"), **values)
        return Response(shown.endpoint(made.endpoint), status=201)


class Endpoint(EndpointView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": Permission.PIPELINE_DELETE}

    @extend_schema(responses={200: serializers.PipelineEndpointAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(shown.endpoint(self.endpoint(request, name)))

    @extend_schema(request=serializers.EditPipelineEndpoint, responses={200: serializers.PipelineEndpointAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.EditPipelineEndpoint, request.data, partial=True)
        return Response(shown.endpoint(services.edit(actor=request.user, endpoint=endpoint, **values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete(actor=request.user, endpoint=self.endpoint(request, name))
        return Response(status=204)


class Versions(EndpointView):
    """POST publishes another version under the same name."""

    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="pipeline_endpoint_versions_list",
        parameters=listing.PAGE,
        responses={200: serializers.PipelineEndpointVersionList},
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.versions_of(self.endpoint(request, name))
        return Response(pagination.answer(request, rows, order=("-number",), show=shown.version))

    @extend_schema(request=serializers.PublishedVersion, responses={201: serializers.PipelineEndpointVersionAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.PublishedVersion, request.data)
        source = self.source(request, values)
        made = services.publish(actor=request.user, version=source, endpoint=endpoint.name, **values)
        return Response(shown.version(made), status=201)


class Version(EndpointView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT}

    @extend_schema(operation_id="pipeline_endpoint_version", responses={200: serializers.PipelineEndpointVersionAnswer})
    def get(self, request: Request, workspace: str, name: str, number: int) -> Response:
        return Response(shown.version(self.version(request, name, number)))

    @extend_schema(
        request=serializers.EditPipelineEndpointVersion,
        responses={200: serializers.PipelineEndpointVersionAnswer},
    )
    def patch(self, request: Request, workspace: str, name: str, number: int) -> Response:
        version = self.version(request, name, number)
        values = fields.clean(serializers.EditPipelineEndpointVersion, request.data)
        return Response(shown.version(services.enable_version(actor=request.user, version=version, **values)))

    def version(self, request: Request, name: str, number: int) -> PipelineEndpointVersion:
        return queries.version_at(self.endpoint(request, name), number)


class Calls(EndpointView):
    """What was started under this address; POST starts one, with the right to submit runs alone."""

    policy: ClassVar = {"GET": VIEW, "POST": Permission.RUN_SUBMIT}

    @extend_schema(
        operation_id="pipeline_endpoint_runs_list",
        parameters=listing.PAGE,
        responses={200: serializers.PipelineCallList},
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.runs_of(self.endpoint(request, name))
        return Response(pagination.answer(request, rows, order=("-run__created_at", "-run_id"), show=shown.call))

    @extend_schema(request=serializers.InvokePipeline, responses={201: draft_shapes.PipelineRunStarted})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        found = self.row(request, PipelineEndpoint, Permission.RUN_SUBMIT, name=name)
        values = fields.clean(serializers.InvokePipeline, request.data)
        run = services.invoke(actor=request.user, endpoint=found, **values)
        return Response(drafts_shown.started(run), status=201)

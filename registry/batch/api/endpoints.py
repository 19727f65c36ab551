"""Batch endpoints and deployments over REST: made, changed, invoked."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.batch import files, queries, serializers, services, shown
from registry.batch.api.frame import EDIT, INVOKE, VIEW, BatchView
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent

LIST = [listing.WORDS, *listing.PAGE]


class Endpoints(BatchView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(operation_id="batch_endpoints_list", parameters=LIST, responses={200: serializers.BatchEndpointList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.endpoints_in(self.workspace, listing.words(request))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=shown.endpoint))

    @extend_schema(request=serializers.NewBatchEndpoint, responses={201: serializers.BatchEndpointAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewBatchEndpoint, request.data)
        made = services.create_endpoint(actor=request.user, workspace=self.workspace, **values)
        return Response(shown.endpoint(made), status=201)


class Check(BatchView):
    """What a batch endpoint or deployment file means here, and which local files it needs. Nothing is created."""

    policy: ClassVar = {"POST": EDIT}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(request=serializers.CheckBatchFile, responses={200: serializers.BatchFileAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.CheckBatchFile, request.data)
        found = files.check(values["text"], file_name=values["file_name"], kind=values["kind"])
        return Response(asdict(found))


class Endpoint(BatchView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": Permission.ENDPOINT_DELETE}

    @extend_schema(responses={200: serializers.BatchEndpointAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(shown.endpoint(self.endpoint(request, name)))

    @extend_schema(request=serializers.EditBatchEndpoint, responses={200: serializers.BatchEndpointAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.EditBatchEndpoint, request.data, partial=True)
        defaults = values.pop("defaults", None)
        if defaults is not None and "deployment_name" in defaults:
            values["default_deployment"] = defaults["deployment_name"]
        return Response(shown.endpoint(services.edit_endpoint(actor=request.user, endpoint=endpoint, **values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete_endpoint(actor=request.user, endpoint=self.endpoint(request, name))
        return Response(status=204)


class Deployments(BatchView):
    """POST makes a deployment, or replaces the one of its name."""

    policy: ClassVar = {"GET": VIEW, "POST": EDIT}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(
        operation_id="batch_deployments_list", parameters=listing.PAGE, responses={200: serializers.BatchDeploymentList}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.deployments_of(self.endpoint(request, name))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=shown.deployment))

    @extend_schema(request=serializers.NewBatchDeploymentBody, responses={201: serializers.BatchDeploymentAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.NewBatchDeploymentBody, request.data)
        wanted = values.pop("name")
        made = services.deploy(actor=request.user, endpoint=endpoint, name=wanted, new=_new(values))
        return Response(shown.deployment(made), status=201)


class Deployment(BatchView):
    policy: ClassVar = {"GET": VIEW, "DELETE": Permission.ENDPOINT_DELETE}

    @extend_schema(responses={200: serializers.BatchDeploymentAnswer})
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        return Response(shown.deployment(self.deployment(request, name, deployment)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        found = self.deployment(request, name, deployment)
        services.delete_deployment(actor=request.user, deployment=found)
        return Response(status=204)


class EndpointJobs(BatchView):
    """The jobs of one endpoint; POST invokes it."""

    policy: ClassVar = {"GET": VIEW, "POST": INVOKE}

    @extend_schema(
        operation_id="batch_endpoint_jobs_list", parameters=listing.PAGE, responses={200: serializers.BatchJobList}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.jobs_in(self.workspace, endpoint=self.endpoint(request, name))
        return Response(pagination.answer(request, rows, order=("-created_at", "-id"), show=shown.job))

    @extend_schema(request=serializers.InvokeBatch, responses={201: serializers.BatchJobAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        return invoke(self, request, name)


class Invoke(BatchView):
    """The same as POST to `jobs`, under Azure's word."""

    policy: ClassVar = {"POST": INVOKE}

    @extend_schema(
        operation_id="batch_endpoint_invoke",
        request=serializers.InvokeBatch,
        responses={201: serializers.BatchJobAnswer},
    )
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        return invoke(self, request, name)


def invoke(view: BatchView, request: Request, name: str) -> Response:
    """A batch job of this endpoint, begun."""
    endpoint = view.endpoint(request, name)
    values = fields.clean(serializers.InvokeBatch, request.data)
    asked = services.Invocation(deployment=values.pop("deployment_name"), **values)
    batch = services.invoke(actor=request.user, endpoint=endpoint, asked=asked)
    return Response(shown.job(batch), status=201)


def _new(values: dict[str, Any]) -> services.NewBatchDeployment:
    code = values.pop("code_configuration", None) or {}
    return services.NewBatchDeployment(
        **values, code=code.get("code", ""), scoring_script=code.get("scoring_script", "")
    )

"""Endpoints over REST: made, changed, opened, asked."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from registry.endpoints import files, invoking, queries, serializers, services, shown
from registry.endpoints.api.frame import EDIT, METRICS, VIEW, EndpointView, metrics
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.parsers import read_body

LIST = [listing.WORDS, *listing.PAGE]


class Endpoints(EndpointView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(operation_id="endpoints_list", parameters=LIST, responses={200: serializers.EndpointList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.endpoints_in(self.workspace, listing.words(request))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=shown.endpoint))

    @extend_schema(request=serializers.NewEndpoint, responses={201: serializers.EndpointAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewEndpoint, request.data)
        made = services.create_endpoint(actor=request.user, workspace=self.workspace, **values)
        return Response(shown.endpoint(made), status=201)


class Check(EndpointView):
    """What an endpoint or deployment file means here, and which local paths it needs. Nothing is created."""

    policy: ClassVar = {"POST": EDIT}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(request=serializers.CheckEndpointFile, responses={200: serializers.EndpointFileAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.CheckEndpointFile, request.data)
        found = files.check(values["text"], file_name=values["file_name"], kind=values["kind"])
        return Response(asdict(found))


class Endpoint(EndpointView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": Permission.ENDPOINT_DELETE}

    @extend_schema(responses={200: serializers.EndpointAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(shown.endpoint(self.endpoint(request, name)))

    @extend_schema(request=serializers.EditEndpoint, responses={200: serializers.EndpointAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.EditEndpoint, request.data, partial=True)
        return Response(shown.endpoint(services.edit_endpoint(actor=request.user, endpoint=endpoint, **values)))

    @extend_schema(responses={202: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete_endpoint(actor=request.user, endpoint=self.endpoint(request, name))
        return Response(status=202)


class Traffic(EndpointView):
    """Shares sum to 100, or there are none."""

    policy: ClassVar = {"GET": VIEW, "PUT": EDIT}

    @extend_schema(responses={200: serializers.EndpointTrafficAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(shown.traffic(self.endpoint(request, name)))

    @extend_schema(request=serializers.SetEndpointTraffic, responses={200: serializers.EndpointTrafficAnswer})
    def put(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.SetEndpointTraffic, request.data)
        changed = services.set_traffic(
            actor=request.user, endpoint=endpoint, traffic=values["traffic"], mirror=values["mirror_traffic"]
        )
        return Response(shown.traffic(changed))


class RollBack(EndpointView):
    """The shares as they were before the last change."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=None, responses={200: serializers.EndpointTrafficAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        return Response(shown.traffic(services.roll_back(actor=request.user, endpoint=endpoint)))


class Keys(EndpointView):
    """Both keys in the open; POST replaces one of them."""

    policy: ClassVar = {"GET": Permission.ENDPOINT_KEYS, "POST": Permission.ENDPOINT_KEYS}

    @extend_schema(responses={200: serializers.EndpointKeysAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return _keys(services.keys(actor=request.user, endpoint=self.endpoint(request, name)))

    @extend_schema(request=serializers.EndpointKeyChoice, responses={200: serializers.EndpointKeysAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.EndpointKeyChoice, request.data)
        return _keys(services.regenerate_key(actor=request.user, endpoint=endpoint, which=values["which"]))


class Token(EndpointView):
    """A token that expires, for an endpoint whose auth_mode is aml_token."""

    policy: ClassVar = {"POST": Permission.ENDPOINT_INVOKE}

    @extend_schema(request=serializers.EndpointTokenRequest, responses={200: serializers.EndpointTokenAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.EndpointTokenRequest, request.data)
        token = services.issue_token(actor=request.user, endpoint=endpoint, seconds=values["seconds"])
        return Response(
            {
                "accessToken": token.access_token,
                "expiryTimeUtc": token.expires_at,
                "refreshAfterTimeUtc": token.refresh_at,
                "tokenType": "Bearer",
            },
            headers={"Cache-Control": "no-store"},
        )


class Metrics(EndpointView):
    """Requests, errors and durations of each deployment over time."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="endpoint_metrics", parameters=METRICS, responses={200: serializers.EndpointMetricsAnswer}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        return Response(metrics(request, list(queries.deployments_of(endpoint))))


class AnyBody(BaseParser):
    """The body as it is, unpacked when it was compressed; what it means is the deployment's to say."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return read_body(stream, (parser_context or {})["request"].META, limit=Invoke.max_body)


class Invoke(EndpointView):
    """The request's body sent to the endpoint through the gateway; the answer is the deployment's own."""

    policy: ClassVar = {"POST": Permission.ENDPOINT_INVOKE}
    parser_classes = (AnyBody,)
    max_body: ClassVar[int] = 16 * 1024 * 1024

    @extend_schema(
        operation_id="endpoint_invoke",
        parameters=[OpenApiParameter("deployment", str, description="this one, whatever the shares")],
        request={"application/json": OpenApiTypes.ANY},
        responses={200: OpenApiResponse(OpenApiTypes.ANY, description="as the deployment answers")},
    )
    def post(self, request: Request, workspace: str, name: str) -> HttpResponse:
        endpoint = self.endpoint(request, name)
        headers = {key: value for key, value in request.headers.items()}
        chosen = request.GET.get("deployment", "")[:60]
        return _passed_on(invoking.invoke(endpoint, bytes(request.data or b""), headers, deployment=chosen))


class OpenApi(EndpointView):
    """The description that the deployment in traffic makes of its model's signature."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="endpoint_openapi",
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="an OpenAPI document")},
    )
    def get(self, request: Request, workspace: str, name: str) -> HttpResponse:
        endpoint = self.endpoint(request, name)
        chosen = request.GET.get("deployment", "")[:60]
        answer = invoking.invoke(endpoint, b"", {}, deployment=chosen, path="/openapi.json", method="GET")
        return _passed_on(answer)


def _keys(found: services.Keys) -> Response:
    said = {"primaryKey": found.primary, "secondaryKey": found.secondary}
    return Response(said, headers={"Cache-Control": "no-store"})


def _passed_on(answer: invoking.Answer) -> HttpResponse:
    kept = ("x-request-id", "azureml-model-deployment", "retry-after")
    headers = {name: answer.headers[name] for name in kept if name in answer.headers}
    kind = answer.headers.get("content-type", "application/json")
    return HttpResponse(answer.body, status=answer.status, content_type=kind, headers=headers)

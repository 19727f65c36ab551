"""Deployments over REST: made, changed, scaled, restarted, rolled back, looked at."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.endpoints import logs, queries, serializers, services, shown
from registry.endpoints.api.frame import EDIT, METRICS, VIEW, EndpointView, fresh, metrics, show
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent
from studio.errors import Conflict, NotFound

LOGS = [
    OpenApiParameter("lines", int, description="of each instance, 1 to 5,000; 200, when left out"),
    OpenApiParameter("instance", int, description="the id of one instance; the living ones, when left out"),
]


class Deployments(EndpointView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(
        operation_id="deployments_list", parameters=listing.PAGE, responses={200: serializers.DeploymentList}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.deployments_of(self.endpoint(request, name))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=show))

    @extend_schema(request=serializers.NewDeploymentBody, responses={201: serializers.DeploymentAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.NewDeploymentBody, request.data)
        wanted = values.pop("name")
        if values.pop("endpoint_name", name) != name:
            raise Conflict("other_endpoint", "The file names another endpoint.", hint="Correct endpoint_name.")
        if queries.deployments_of(endpoint).filter(name=wanted).exists():
            raise Conflict(
                "deployment_exists", f"There is a deployment {wanted} already.", hint="PUT replaces what it runs."
            )
        made = services.deploy(actor=request.user, endpoint=endpoint, name=wanted, new=_new(values))
        return Response(fresh(made), status=201)


class Deployment(EndpointView):
    """PUT deploys: a new revision of the deployment, which is made when it is new."""

    policy: ClassVar = {"GET": VIEW, "PUT": EDIT, "PATCH": EDIT, "DELETE": Permission.ENDPOINT_DELETE}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(responses={200: serializers.DeploymentAnswer})
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        return Response(show(self.deployment(request, name, deployment)))

    @extend_schema(request=serializers.DeploymentBody, responses={200: serializers.DeploymentAnswer})
    def put(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        endpoint = self.endpoint(request, name)
        values = fields.clean(serializers.DeploymentBody, request.data)
        made = services.deploy(actor=request.user, endpoint=endpoint, name=deployment, new=_new(values))
        return Response(fresh(made))

    @extend_schema(request=serializers.EditDeployment, responses={200: serializers.DeploymentAnswer})
    def patch(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        found = self.deployment(request, name, deployment)
        values = fields.clean(serializers.EditDeployment, request.data, partial=True)
        count, rule = values.pop("instance_count", None), values.pop("scale_settings", None)
        if values:
            services.edit_deployment(actor=request.user, deployment=found, **values)
        if count is not None or rule is not None:
            services.scale(actor=request.user, deployment=found, count=count, rule=rule)
        return Response(fresh(found))

    @extend_schema(responses={202: None})
    def delete(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        found = self.deployment(request, name, deployment)
        services.delete_deployment(actor=request.user, deployment=found)
        return Response(status=202)


class Restart(EndpointView):
    """What it runs, started anew beside the instances that answer until then."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=None, responses={200: serializers.DeploymentAnswer})
    def post(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        found = self.deployment(request, name, deployment)
        return Response(fresh(services.restart(actor=request.user, deployment=found)))


class Revisions(EndpointView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="deployment_revisions", parameters=listing.PAGE, responses={200: serializers.RevisionList}
    )
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        rows = queries.revisions_of(self.deployment(request, name, deployment))
        return Response(pagination.answer(request, rows, order=("-number",), show=shown.revision))


class RollBackRevision(EndpointView):
    """What an earlier revision was, as a new one."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=None, responses={200: serializers.DeploymentAnswer})
    def post(self, request: Request, workspace: str, name: str, deployment: str, number: str) -> Response:
        found = self.deployment(request, name, deployment)
        revision = queries.revision_at(found, number)
        changed = services.roll_back_revision(actor=request.user, deployment=found, revision=revision)
        return Response(fresh(changed))


class Logs(EndpointView):
    """The last lines that its instances printed."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="deployment_logs", parameters=LOGS, responses={200: serializers.DeploymentLogsAnswer})
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        found = self.deployment(request, name, deployment)
        text = request.GET.get("lines")
        lines = logs.LINES
        if text is not None:
            lines = pagination.whole_number("lines", text, minimum=1, maximum=logs.MOST_LINES)
        chosen = request.GET.get("instance")
        rows = logs.chosen(found, chosen or "")
        if chosen and not rows:
            raise NotFound("not_found", f"The deployment {found.name} has no instance {chosen[:20]!r}.")
        said = [
            {
                "instance": row.pk,
                "slot": row.slot,
                "revision": row.revision.number,
                "state": row.state,
                "text": logs.tail(found, row, lines),
            }
            for row in rows
        ]
        return Response({"logs": said})


class Events(EndpointView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="deployment_events", parameters=listing.PAGE, responses={200: serializers.DeploymentEventList}
    )
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        rows = queries.events_of(self.deployment(request, name, deployment))
        return Response(pagination.answer(request, rows, order=("-id",), show=shown.event))


class Metrics(EndpointView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="deployment_metrics", parameters=METRICS, responses={200: serializers.EndpointMetricsAnswer}
    )
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        return Response(metrics(request, [self.deployment(request, name, deployment)]))


class Instances(EndpointView):
    """What lives, and the last ones that ended."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="deployment_instances", responses={200: serializers.InstanceList})
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        rows = queries.instances_of(self.deployment(request, name, deployment))
        return Response({"results": [shown.instance(row) for row in rows]})


def _new(values: dict[str, Any]) -> services.NewDeployment:
    code = values.pop("code_configuration", None) or {}
    given = {name: value for name, value in values.items() if value is not None}
    return services.NewDeployment(**given, code=code.get("code", ""), scoring_script=code.get("scoring_script", ""))

"""What the views of endpoints share: the rows of an address, each behind its access line."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from registry.endpoints import queries, shown, telemetry
from registry.endpoints.models import Deployment, Endpoint
from studio.access import Permission
from studio.api import pagination
from studio.api.views import WorkspaceAPIView

VIEW, EDIT = Permission.ENDPOINT_VIEW, Permission.ENDPOINT_EDIT
METRICS = [
    OpenApiParameter("minutes", int, description="how far back, 1 to 43,200; 60, when left out"),
    OpenApiParameter("step", int, description="seconds of one point, a whole number of minutes; 60, when left out"),
]
MOST_MINUTES = 43_200


class EndpointView(WorkspaceAPIView):
    """A view of one endpoint. Its rights are the workspace's: the policy is judged before."""

    def endpoint(self, request: Request, name: str) -> Endpoint:
        return self.row(request, Endpoint, VIEW, name=name)

    def deployment(self, request: Request, name: str, deployment: str) -> Deployment:
        endpoint = self.endpoint(request, name)
        found = queries.deployment_at(endpoint, deployment)
        found.endpoint = endpoint
        return found


def show(row: Deployment) -> dict[str, Any]:
    return shown.deployment(row, queries.ready_counts([row.pk]).get(row.pk, 0))


def fresh(row: Deployment) -> dict[str, Any]:
    """The deployment as it is after a change."""
    return show(queries.deployment_at(row.endpoint, row.name))


def metrics(request: Request, deployments: list[Deployment]) -> dict[str, Any]:
    """The curves of these deployments, as `minutes` and `step` ask for."""
    minutes = _number(request, "minutes", 60, MOST_MINUTES)
    step = timedelta(seconds=_number(request, "step", 60, MOST_MINUTES * 60))
    until: datetime = timezone.now()
    found = telemetry.series(deployments, until - timedelta(minutes=minutes), until, step)
    first = next(iter(found.values()), [])
    seconds = int((first[1].at - first[0].at).total_seconds()) if len(first) > 1 else int(step.total_seconds())
    return {"step_seconds": seconds, "series": [shown.points(each.name, found[each.pk]) for each in deployments]}


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.GET.get(name)
    return default if text is None else pagination.whole_number(name, text, minimum=1, maximum=most)

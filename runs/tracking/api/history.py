"""What happened to a run's job, and what its machine did meanwhile."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs.models import JobEvent
from runs.tracking.api import shapes
from runs.tracking.metrics import queries as metric_queries
from runs.tracking.metrics import serializers as metric_shapes
from runs.tracking.models import Run
from runs.tracking.queries import runs as queries
from studio import access
from studio.access import Permission
from studio.api.views import WorkspaceAPIView

SYSTEM = "system/"


class RunEvents(WorkspaceAPIView):
    """Every transition of the run's job, oldest first."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return Response({"results": [_event(event) for event in queries.job_events(run)]})


class RunSystem(WorkspaceAPIView):
    """The summaries of what the runner measured of the machine: processor, memory, disk, network, GPU."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={200: metric_shapes.Summary(many=True)})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        found = [row for row in metric_queries.summaries(run) if row.key.startswith(SYSTEM)]
        return Response([metric_shapes.summary(row) for row in found])


def _event(event: JobEvent) -> dict[str, Any]:
    return {
        "at": event.at,
        "attempt": event.attempt,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "reason": event.reason,
        "detail": event.detail,
        "actor": shapes.person(event.actor),
    }

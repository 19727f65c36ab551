"""Environments over REST: what runs were given to run in."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.environments import queries, serializers
from registry.environments.models import Environment
from studio import access
from studio.access import Permission
from studio.api import pagination
from studio.api.views import WorkspaceAPIView


class Environments(WorkspaceAPIView):
    policy: ClassVar = {"GET": Permission.ENVIRONMENT_VIEW}

    @extend_schema(operation_id="environments_list", responses={200: serializers.EnvironmentList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.contents_in(self.workspace)
        return Response(pagination.answer(request, rows, order=("-created_at", "-id"), show=serializers.environment))


class EnvironmentDetail(WorkspaceAPIView):
    policy: ClassVar = {"GET": Permission.ENVIRONMENT_VIEW}

    @extend_schema(responses={200: serializers.EnvironmentDetailAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        environment = access.get_or_404(request, Environment, pk, Permission.ENVIRONMENT_VIEW)
        counted = queries.one(environment.pk)
        return Response({**serializers.environment(counted), "used_by": queries.used_by(environment)})

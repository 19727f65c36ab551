"""REST: long operations and the feed."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from studio import access
from studio.access import Permission
from studio.activity import pages, queries, serializers
from studio.activity.models import Activity, Event
from studio.api import pagination
from studio.api.views import WorkspaceAPIView

STATE = OpenApiParameter("state", str, enum=queries.STATES)
KIND = OpenApiParameter("kind", str)
AREA = OpenApiParameter("area", str, enum=queries.AREAS)
ACTOR = OpenApiParameter("actor", int)


class Activities(WorkspaceAPIView):
    """Long operations, newest first."""

    policy = {"GET": Permission.ACTIVITY_VIEW}

    @extend_schema(operation_id="activities_list", parameters=[STATE, KIND], responses={200: dict})
    def get(self, request: Request, workspace: str) -> Response:
        filters = pages.read_filters(request)
        mine = access.visible(request, Activity)
        rows = queries.operations(mine, state=filters.state, kind=filters.kind)
        return Response(pagination.answer(request, rows, order=("-created_at", "-id"), show=serializers.show_activity))


class OneActivity(WorkspaceAPIView):
    policy = {"GET": Permission.ACTIVITY_VIEW}

    @extend_schema(responses={200: dict})
    def get(self, request: Request, workspace: str, activity_id: int) -> Response:
        found = access.get_or_404(request, Activity, activity_id, Permission.ACTIVITY_VIEW)
        return Response(serializers.show_activity(found))


class Events(WorkspaceAPIView):
    """The feed, newest first."""

    policy = {"GET": Permission.ACTIVITY_VIEW}

    @extend_schema(parameters=[AREA, ACTOR], responses={200: dict})
    def get(self, request: Request, workspace: str) -> Response:
        filters = pages.read_filters(request)
        rows = queries.events(access.visible(request, Event), area=filters.area, actor_id=filters.actor_id)
        return Response(pagination.answer(request, rows, order=("-id",), show=serializers.show_event))

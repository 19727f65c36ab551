"""REST: the bell."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from studio.api import fields, pagination
from studio.api.views import PersonalAPIView
from studio.notifications import queries, serializers, services


class Notifications(PersonalAPIView):
    """What I was told, newest first; `?unread=true` leaves out what I have read."""

    @extend_schema(parameters=[OpenApiParameter("unread", bool)], responses={200: dict})
    def get(self, request: Request) -> Response:
        is_unread = request.GET.get("unread") == "true"
        rows = queries.notifications_of(request.user, is_unread=is_unread)
        body = pagination.answer(request, rows, order=("-id",), show=serializers.show_notification)
        return Response({**body, "unread": queries.unread_count(request.user)})


class ReadNotifications(PersonalAPIView):
    """Mark some of mine read, or all when no ids are given."""

    @extend_schema(request=serializers.MarkRead, responses={200: dict})
    def post(self, request: Request) -> Response:
        values = fields.clean(serializers.MarkRead, request.data)
        changed = services.mark_read(actor=request.user, ids=values.get("ids"))
        return Response({"changed": changed})

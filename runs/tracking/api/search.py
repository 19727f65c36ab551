"""The search language over REST, for search bars and programs: read a text, offer what could come next."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.tracking.search import FIELDS, suggestions
from studio.access import Permission
from studio.api import fields, searching
from studio.api.views import WorkspaceAPIView


class SearchParse(WorkspaceAPIView):
    """What a text means, condition by condition; a text that can't be read is answered with its error, not refused."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(operation_id="search_parse", request=searching.SearchText, responses={200: searching.SearchAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        text = fields.clean(searching.SearchText, request.data)["text"]
        return Response(searching.reading(text, FIELDS))


class SearchFields(WorkspaceAPIView):
    """Fields that could be typed: the language's own and the workspace's keys; with `key` the values of one field."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="search_fields",
        parameters=[
            *searching.ASKED,
            OpenApiParameter("experiment", str, description="a path: keys of its runs"),
        ],
        responses={200: searching.Suggestions},
    )
    def get(self, request: Request, workspace: str) -> Response:
        found = searching.offered(
            request, self.workspace, keys=suggestions.keys, values=suggestions.values, narrowed_by=["experiment"]
        )
        return Response(found)

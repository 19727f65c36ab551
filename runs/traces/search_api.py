"""The search for traces over REST, for its search bar: read a text, offer what could come next."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.traces import suggestions
from runs.traces.conditions import FIELDS
from studio.access import Permission
from studio.api import fields, searching
from studio.api.views import WorkspaceAPIView


class SearchParse(WorkspaceAPIView):
    """What a search for traces means; a text that can't be read is answered with its error, not refused."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="search_traces_parse", request=searching.SearchText, responses={200: searching.SearchAnswer}
    )
    def post(self, request: Request, workspace: str) -> Response:
        text = fields.clean(searching.SearchText, request.data)["text"]
        return Response(searching.reading(text, FIELDS))


class SearchFields(WorkspaceAPIView):
    """Fields of traces that could be typed, tags of the newest traces too; with `key` the values of one field."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="search_traces_fields", parameters=searching.ASKED, responses={200: searching.Suggestions}
    )
    def get(self, request: Request, workspace: str) -> Response:
        found = searching.offered(request, self.workspace, keys=suggestions.keys, values=suggestions.values)
        return Response(found)

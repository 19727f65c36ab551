"""The search for images over REST, for its search bar: read a text, offer what could come next."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.images import search, suggestions
from studio.access import Permission
from studio.api import fields, searching
from studio.api.views import WorkspaceAPIView


class ImageSearchParse(WorkspaceAPIView):
    """What a search for images means; a text that can't be read is answered with its error, not refused."""

    policy: ClassVar = {"POST": Permission.IMAGE_VIEW}

    @extend_schema(
        operation_id="search_images_parse", request=searching.SearchText, responses={200: searching.SearchAnswer}
    )
    def post(self, request: Request, workspace: str) -> Response:
        text = fields.clean(searching.SearchText, request.data)["text"]
        return Response(searching.reading(text, search.FIELDS))


class ImageSearchFields(WorkspaceAPIView):
    """Fields of images that could be typed; with `key` the values of one field."""

    policy: ClassVar = {"GET": Permission.IMAGE_VIEW}

    @extend_schema(
        operation_id="search_images_fields", parameters=searching.ASKED, responses={200: searching.Suggestions}
    )
    def get(self, request: Request, workspace: str) -> Response:
        found = searching.offered(request, self.workspace, keys=suggestions.keys, values=suggestions.values)
        return Response(found)

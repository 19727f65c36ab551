"""The search language over REST, for search bars and programs: read a text, offer what could come next."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from runs.tracking.search import FIELDS, suggestions
from studio import search
from studio.access import Permission
from studio.api import fields, pagination
from studio.api.fields import StrictSerializer, Text
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid

MOST = 100
LONGEST = 300


class SearchText(StrictSerializer):
    text = Text(max_length=60_000, allow_blank=True)


class Suggested(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="what goes into the search")
    label = serializers.CharField()  # type: ignore[assignment]
    family = serializers.CharField()
    detail = serializers.CharField()


class Suggestions(serializers.Serializer[Any]):
    results = Suggested(many=True)


class ChipShape(serializers.Serializer[Any]):
    text = serializers.CharField()
    start = serializers.IntegerField(help_text="in characters (code points) of the text that was sent")
    end = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=["compare", "words", "not", "or"])
    family = serializers.CharField()
    key = serializers.CharField()
    operator = serializers.CharField()
    value = serializers.CharField()


class SearchProblem(serializers.Serializer[Any]):
    message = serializers.CharField()
    position = serializers.IntegerField()
    length = serializers.IntegerField()
    expected = serializers.ListField(child=serializers.CharField())
    suggestion = serializers.CharField()


class SearchAnswer(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="the search in its plainest form")
    chips = ChipShape(many=True)
    error = SearchProblem(allow_null=True)


class SearchParse(WorkspaceAPIView):
    """What a text means, condition by condition; a text that can't be read is answered with its error, not refused."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(operation_id="search_parse", request=SearchText, responses={200: SearchAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        text = fields.clean(SearchText, request.data)["text"]
        try:
            node = search.read(text, FIELDS)
        except search.SearchError as error:
            problem = {"message": error.message, **error.extensions}
            return Response({"text": text, "chips": [], "error": problem})
        chips = [asdict(chip) for chip in search.chips(node)]
        return Response({"text": search.write(node), "chips": chips, "error": None})


class SearchFields(WorkspaceAPIView):
    """Fields that could be typed: the language's own and the workspace's keys; with `key` the values of one field."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="search_fields",
        parameters=[
            OpenApiParameter("prefix", str, description="what has been typed of the name or value"),
            OpenApiParameter("family", str, description="attributes, metrics, params, tags or datasets"),
            OpenApiParameter("key", str, description="the field whose values are asked for"),
            OpenApiParameter("experiment", str, description="a path: keys of its runs"),
            OpenApiParameter("limit", int),
        ],
        responses={200: Suggestions},
    )
    def get(self, request: Request, workspace: str) -> Response:
        given = {name: _text(request, name) for name in ("prefix", "family", "experiment")}
        key = _text(request, "key")
        limit = pagination.limit_of(request.GET, default=20, maximum=MOST)
        if key:
            found = suggestions.values(self.workspace, key=key, limit=limit, **given)
        else:
            found = suggestions.keys(self.workspace, limit=limit, **given)
        return Response({"results": [asdict(one) for one in found]})


def _text(request: Request, name: str) -> str:
    text = request.GET.get(name, "")
    if len(text) > LONGEST or "\0" in text:
        message = f"{name} is too long or holds a NUL character."
        raise Invalid("bad_parameter", message, fields={name: message})
    return str(text)

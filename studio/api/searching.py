"""What search bars ask over REST, for every feature that can be searched: shapes, and a text read against its fields."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from studio import search
from studio.access.models import Workspace
from studio.api import pagination
from studio.api.fields import StrictSerializer, Text
from studio.errors import Invalid

LONGEST = 300
MOST = 100  # suggestions


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is what goes into the search, `label` what a list shows, `detail` a word about it."""

    text: str
    label: str
    family: str
    detail: str = ""


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


ASKED = [
    OpenApiParameter("prefix", str, description="what has been typed of the name or value"),
    OpenApiParameter("family", str, description="attributes, tags or another family of fields"),
    OpenApiParameter("key", str, description="the field whose values are asked for"),
    OpenApiParameter("limit", int),
]


def reading(text: str, fields: search.Fields) -> dict[str, Any]:
    """The text in its plainest form with its chips; one that can't be read comes back with its error."""
    try:
        node = search.read(text, fields)
    except search.SearchError as error:
        return {"text": text, "chips": [], "error": problem(error)}
    return {"text": search.write(node), "chips": [asdict(chip) for chip in search.chips(node)], "error": None}


def problem(error: search.SearchError) -> dict[str, Any]:
    """A mistake as search bars underline it."""
    return {"message": error.message, **error.extensions}


def asked(request: Request, name: str) -> str:
    """A short text of the query. Raises Invalid."""
    text = request.GET.get(name, "")
    if len(text) > LONGEST or "\0" in text:
        message = f"{name} is too long or holds a NUL character."
        raise Invalid("bad_parameter", message, fields={name: message})
    return str(text)


def offered(
    request: Request,
    workspace: Workspace,
    *,
    keys: Callable[..., list[Suggestion]],
    values: Callable[..., list[Suggestion]],
    narrowed_by: Sequence[str] = (),
) -> dict[str, Any]:
    """What could be typed next, as the query asks for it: fields, or with `key` the values of one. Raises Invalid."""
    given = {name: asked(request, name) for name in ("prefix", "family", *narrowed_by)}
    key = asked(request, "key")
    limit = pagination.limit_of(request.GET, default=20, maximum=MOST)
    found = values(workspace, key=key, limit=limit, **given) if key else keys(workspace, limit=limit, **given)
    return {"results": [asdict(one) for one in found]}

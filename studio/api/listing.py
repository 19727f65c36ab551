"""What lists are asked for over REST: the parameters as the schema names them, and how they are read."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

PAGE = [OpenApiParameter("limit", int), OpenApiParameter("cursor", str)]
WORDS = OpenApiParameter("q", str, description="words of names and descriptions")
ARCHIVED = OpenApiParameter("archived", bool)
LONGEST_WORDS = 500  # characters; the rest is not looked for


def words(request: Request) -> str:
    return str(request.GET.get("q", ""))[:LONGEST_WORDS]


def is_archived(request: Request) -> bool:
    return request.GET.get("archived", "").lower() in ("1", "true", "yes")

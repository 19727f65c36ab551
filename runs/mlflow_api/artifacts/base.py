"""What the views of files share."""

import string

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api.base import MlflowError, MlflowView
from runs.mlflow_api.short_way import LoggingThrottle
from studio.api import files
from studio.errors import Invalid
from studio.storage.media_types import type_of

TOKEN = frozenset(string.ascii_letters + string.digits + "!#$&'*+-.^_`|~")
MAX_PATH = 3 * 1024


class FileView(MlflowView):
    """A view that gives, takes or lists files."""

    content_negotiation_class = files.AnyAccept
    throttle_classes = (LoggingThrottle,)

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(as_mlflow(exc))


def as_mlflow(error: Exception) -> Exception:
    """A path that climbs in the words MLflow has for it; anything else as it is."""
    if isinstance(error, Invalid) and error.code == "unsafe_path" and not error.fields:
        return MlflowError("INVALID_PARAMETER_VALUE", "Invalid path")
    return error


def download(request: HttpRequest | Request, found: object, *, name: str) -> HttpResponseBase:
    """The bytes of a stored file, or the range that was asked for. The type is the studio's own guess."""
    response = files.download(request, found.blob, name=name, content_type=type_of(name))  # type: ignore[attr-defined]
    last = name.rsplit("/", 1)[-1]
    if TOKEN.issuperset(last):
        response["Content-Disposition"] = f"attachment; filename={last}"
    return response


def checked(path: str) -> str:
    """A path as it came; refused when it is longer than any could be."""
    if len(path) > MAX_PATH:
        raise Invalid("unsafe_path", "This path is longer than any file's name can be.", fields={"path": "too long"})
    return path

"""What all MLflow endpoints share: who calls, what a body may be, and MLflow's own form of an error."""

import base64
import binascii
import logging
from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from studio.api import mlflow_form, problems
from studio.api.authentication import SessionWithCsrf, TokenAuthentication
from studio.api.views import WorkspaceAPIView
from studio.errors import StudioError

logger = logging.getLogger(__name__)


class MlflowError(StudioError):
    """An error said in MLflow's words. `status` is the HTTP status the client expects with the code."""

    STATUSES: ClassVar[Mapping[str, int]] = {
        "RESOURCE_DOES_NOT_EXIST": 404,
        "ENDPOINT_NOT_FOUND": 404,
        "RESOURCE_ALREADY_EXISTS": 400,
        "INVALID_PARAMETER_VALUE": 400,
        "INVALID_STATE": 400,
        "BAD_REQUEST": 400,
        "PERMISSION_DENIED": 403,
        "UNAUTHENTICATED": 401,
        "NOT_IMPLEMENTED": 501,
        "INTERNAL_ERROR": 500,
    }

    def __init__(self, error_code: str, message: str) -> None:
        super().__init__(error_code.lower(), message)
        self.error_code = error_code
        self.status = self.STATUSES[error_code]


class MlflowAuthentication(TokenAuthentication):
    """A bearer token, or HTTP Basic with the token as the password (`MLFLOW_TRACKING_USERNAME=token`)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if header[:6].lower() == "basic ":
            return self.person_of(_password(header[6:]), request)
        return super().authenticate(request)

    def authenticate_header(self, request: Request) -> str:
        return 'Basic realm="atelier"'


class MlflowView(WorkspaceAPIView):
    """A view below `/mlflow/<workspace>/`; `policy` as in its base. Not part of the studio's own API description."""

    authentication_classes = (MlflowAuthentication, SessionWithCsrf)
    schema = None
    max_body: ClassVar[int] = 4 * 1024 * 1024
    allow_nan: ClassVar[bool] = True  # the client's json writes bare NaN and Infinity

    def handle_exception(self, exc: Exception) -> Response:
        if problems.as_studio_error(exc) is None:
            logger.exception("%s %s failed", self.request.method, self.request.path)
            return Response(error_body(exc), status=500)
        response = super().handle_exception(exc)
        return Response(error_body(exc), status=response.status_code, headers=_kept(response))


def error_body(raised: Exception) -> dict[str, str]:
    """`{"error_code", "message"}` for any error that has an answer."""
    found = problems.as_studio_error(raised)
    if found is None:
        return {"error_code": "INTERNAL_ERROR", "message": "The studio met an error of its own."}
    return mlflow_form.body(found)


def _kept(response: Response) -> dict[str, str]:
    return {name: response[name] for name in ("Retry-After", "WWW-Authenticate") if response.has_header(name)}


def _password(encoded: str) -> str:
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise AuthenticationFailed("The Basic authorization can't be read.", "bad_authorization") from None
    return pair.partition(":")[2]

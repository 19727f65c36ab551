"""The form of an error below `/mlflow/`, where MLflow's clients look for `error_code` and `message`.

It is known here because a request may be refused before any view of that surface is reached.
"""

from django.http import HttpResponse

from studio.api.renderers import dumps
from studio.errors import StudioError

PREFIX = "/mlflow/"
# The studio's status → MLflow's word for it, where the error brings none of its own.
ERROR_CODES = {
    400: "INVALID_PARAMETER_VALUE",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "RESOURCE_DOES_NOT_EXIST",
    405: "BAD_REQUEST",
    409: "INVALID_STATE",
    410: "RESOURCE_DOES_NOT_EXIST",
    411: "BAD_REQUEST",
    413: "INVALID_PARAMETER_VALUE",
    415: "BAD_REQUEST",
    422: "INVALID_PARAMETER_VALUE",
    429: "REQUEST_LIMIT_EXCEEDED",
    503: "TEMPORARILY_UNAVAILABLE",
    507: "RESOURCE_EXHAUSTED",
}


def body(error: StudioError) -> dict[str, str]:
    """`{"error_code", "message"}`."""
    code = getattr(error, "error_code", "") or ERROR_CODES.get(error.status, "INTERNAL_ERROR")
    return {"error_code": code, "message": f"{error.message} {error.hint}".strip()}


def response(error: StudioError) -> HttpResponse:
    answer = HttpResponse(dumps(body(error)), status=error.status, content_type="application/json")
    if error.retry_after is not None:
        answer["Retry-After"] = str(error.retry_after)
    return answer

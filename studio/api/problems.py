"""Every error of the API as an RFC 9457 problem: the one exception handler and the shape of its answers."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, OperationalError
from django.http import Http404, HttpResponse, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response

from studio import errors, statement_limit
from studio.api.renderers import dumps

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    410: "Gone",
    411: "Length required",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    422: "Unprocessable",
    428: "Precondition required",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
    504: "Too slow",
    507: "No space left",
}
# What a value that slipped past validation raises deep inside Python or the database.
BAD_VALUES = (RecursionError, OverflowError, DataError, UnicodeEncodeError)
# DRF's own words for its errors, in ours.
CODES = {
    "parse_error": "bad_json",
    "invalid": "invalid_fields",
    "not_authenticated": "not_signed_in",
    "authentication_failed": "bad_token",
    "permission_denied": "permission_denied",
    "throttled": "too_many_requests",
}


def problem(error: errors.StudioError, *, request_id: str = "") -> dict[str, Any]:
    """The body of a problem answer."""
    return {
        "type": f"urn:atelier:error:{error.code}",
        "title": TITLES.get(error.status, "Error"),
        "status": error.status,
        "code": error.code,
        "detail": error.message,
        "hint": error.hint,
        "errors": [{"field": field, "message": message} for field, message in error.fields.items()],
        "request_id": request_id,
        **getattr(error, "extensions", {}),  # members of one kind of problem, such as `expected_offset`
    }


def as_studio_error(error: Exception) -> errors.StudioError | None:
    """The studio's own form of an error that has an answer; None for a bug."""
    if isinstance(error, errors.StudioError):
        return error
    if isinstance(error, exceptions.APIException):
        return _from_drf(error)
    if isinstance(error, Http404):
        return errors.NotFound("not_found", "There is nothing here, or it is not yours to see.")
    if isinstance(error, UnreadablePostError):
        return errors.Invalid("body_cut_off", "The body ended before it was complete.", hint="Send the request again.")
    if isinstance(error, PermissionDenied):
        return errors.Denied("permission_denied", "You may not do this.")
    if isinstance(error, ValidationError):
        return errors.Invalid("invalid_fields", " ".join(error.messages))
    if isinstance(error, OperationalError) and statement_limit.stopped(error):
        logger.warning("a statement was stopped by the limit of web requests: %s", error)
        return errors.TooSlow(
            "query_too_slow",
            "The database stopped this question, because it took longer than one request may take.",
            hint="Narrow it by an experiment, a time or a simpler condition; ATELIER_STATEMENT_TIMEOUT_SECONDS sets the time.",
        )
    if isinstance(error, OperationalError):
        logger.error("the database does not answer: %s", error)
        return errors.Unavailable(
            "database_away", "The studio's database does not answer.", hint="Try again.", retry_after=5
        )
    if isinstance(error, BAD_VALUES):
        logger.warning("a value was refused below validation: %s: %s", type(error).__name__, error)
        return errors.Invalid("bad_value", "A value is out of range or holds what can't be stored.")
    return None


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's hook: the problem answer, or None (a 500 with a logged traceback) for a bug."""
    found = as_studio_error(error)
    if found is None:
        return None
    request = context.get("request")
    body = problem(found, request_id=getattr(request, "request_id", ""))
    response = Response(body, status=found.status, content_type=CONTENT_TYPE, headers=_headers(found, error))
    return response


def problem_response(error: errors.StudioError, *, request_id: str = "") -> HttpResponse:
    """The same answer outside of DRF: middleware and error pages of API paths."""
    body = dumps(problem(error, request_id=request_id))
    return HttpResponse(body, status=error.status, content_type=CONTENT_TYPE, headers=_headers(error, error))


def _headers(found: errors.StudioError, raised: Exception) -> dict[str, str]:
    headers = {}
    if found.retry_after is not None:
        headers["Retry-After"] = str(found.retry_after)
    challenge = getattr(raised, "auth_header", "")
    if challenge:
        headers["WWW-Authenticate"] = challenge
    return headers


def _from_drf(error: exceptions.APIException) -> errors.StudioError:
    made = errors.StudioError(_code(error), _sentence(error), fields=_fields(error), retry_after=_wait(error))
    made.status = error.status_code
    if made.fields:
        made.code, made.message = "invalid_fields", _first(made.fields)
    return made


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else error.default_code
    return CODES.get(code, code)


def _sentence(error: exceptions.APIException) -> str:
    return str(error.detail) if isinstance(error.detail, str) else "Some fields are not valid."


def _wait(error: exceptions.APIException) -> int | None:
    wait = getattr(error, "wait", None)
    return None if wait is None else max(1, int(wait + 0.999))


def _first(fields: Mapping[str, str]) -> str:
    name, message = next(iter(fields.items()))
    return f"{name}: {message}" if name else message


def _fields(error: exceptions.APIException) -> dict[str, str]:
    """DRF's nested errors as flat paths: `tags.0.key`."""
    if not isinstance(error.detail, dict | list):
        return {}
    found: dict[str, str] = {}
    _flatten("", error.detail, found)
    return found


def _flatten(path: str, detail: Any, found: dict[str, str]) -> None:
    if isinstance(detail, dict):
        for key, inner in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            _flatten(".".join(part for part in (path, name) if part), inner, found)
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for position, inner in enumerate(detail):
            if inner:
                _flatten(f"{path}.{position}".lstrip("."), inner, found)
    elif isinstance(detail, list):
        found[path] = " ".join(str(inner) for inner in detail)
    else:
        found[path] = str(detail)

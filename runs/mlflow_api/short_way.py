"""The short way of writes that programs send by the thousand: a metric, a parameter, a tag, a batch of them.

With a token, the view is called without Django REST Framework's wrapping of the request and the answer, which costs as
much as the write itself. Authentication, throttling, access and errors are the same; a browser's session goes the long
way.
"""

import logging
from collections.abc import Callable
from typing import Any, ClassVar, cast

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowAuthentication, MlflowView, error_body
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import parsers, problems
from studio.api.throttle import PrincipalThrottle

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


class LoggingThrottle(PrincipalThrottle):
    """Many more small writes than other requests are fine."""

    rate = 3_000.0
    burst = 20_000.0
    _buckets: dict[Any, Any] = {}


class SmallWrite(MlflowView):
    """A POST that writes a little and answers `{}`: `record` does it."""

    permission: ClassVar[Permission] = Permission.RUN_LOG
    policy: ClassVar = {"POST": Permission.RUN_LOG}
    throttle_classes = (LoggingThrottle,)

    def post(self, request: Request, workspace: str) -> Response:
        self.record(request, self.workspace, fields.plain(request.data))
        return Response({})

    def record(self, request: Any, workspace: Workspace, body: fields.Body) -> None:
        raise NotImplementedError

    @classmethod
    def as_short_view(cls) -> View:
        """The view for a URL: the short way for tokens, the long one for everybody else."""
        long_way = cls.as_view()

        @csrf_exempt
        def view(request: HttpRequest, workspace: str) -> HttpResponse:
            if request.method == "POST" and "HTTP_AUTHORIZATION" in request.META:
                return _answer(cls, request)
            return cast(HttpResponse, long_way(request, workspace=workspace))

        return view


def _answer(view: type[SmallWrite], request: HttpRequest) -> HttpResponse:
    try:
        _identify(request)
        workspace = access.workspace_or_404(request)
        access.require(request, view.permission, workspace)
        view().record(request, workspace, fields.plain(_body(request, view.max_body)))
    except Exception as raised:  # noqa: BLE001  every error has an answer in MLflow's form
        return _error(request, raised)
    return HttpResponse(b"{}", content_type="application/json")


def _identify(request: HttpRequest) -> None:
    found = MlflowAuthentication().authenticate(cast(Request, request))
    if found is None:
        raise AuthenticationFailed("The Authorization header can't be read.", "bad_authorization")
    request.user, cast(Any, request).auth = found
    throttle = LoggingThrottle()
    if not throttle.allow_request(cast(Request, request), None):
        raise Throttled(throttle.wait())


def _body(request: HttpRequest, limit: int) -> Any:
    """The body by the rules of the long way; bare NaN and Infinity are numbers, as there."""
    return parsers.loads(parsers.read_body(request, request.META, limit=limit), allow_nan=True)


def _error(request: HttpRequest, raised: Exception) -> HttpResponse:
    found = problems.as_studio_error(raised)
    if found is None:
        logger.error("%s %s failed", request.method, request.path, exc_info=raised)
    status = found.status if found is not None else 500
    response = HttpResponse(orjson.dumps(error_body(raised)), status=status, content_type="application/json")
    if found is not None and found.retry_after is not None:
        response["Retry-After"] = str(found.retry_after)
    if status == 401:
        response["WWW-Authenticate"] = MlflowAuthentication().authenticate_header(cast(Request, request))
    return response

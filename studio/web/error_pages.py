"""Errors as answers: a page, a fragment for htmx, a problem document for the API."""

import logging
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.exceptions import TemplateDoesNotExist
from django.urls import reverse

from studio import errors
from studio.api import mlflow_form, problems

logger = logging.getLogger(__name__)

API = "/api/"
PROGRAMS = (API, mlflow_form.PREFIX)


class ErrorPagesMiddleware:
    """Turns an error that a page's view raised into its answer. API views have DRF's own hook for the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return _leave_the_page(request, response) if _asks_to_sign_in(request, response) else response

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        found = problems.as_studio_error(raised)
        if found is None:
            return None
        if found.status == 404 and not request.path.startswith(PROGRAMS) and not request.user.is_authenticated:
            # Whether something is there is nobody's business before signing in.
            return redirect_to_login(request.get_full_path())
        return error_response(request, found)


def _asks_to_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    is_fragment = bool(request.headers.get("HX-Request"))
    return is_fragment and response.status_code == 302 and response["Location"].startswith(reverse("sign-in"))


def _leave_the_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The session ended under an open page: the whole page goes to sign in, and comes back where it was."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    target = urlunsplit(("", "", shown.path, shown.query, "")) or "/"
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = f"{reverse('sign-in')}?{urlencode({'next': target})}"
    return answer


def error_response(request: HttpRequest, error: errors.StudioError) -> HttpResponse:
    """The answer to an error, in the shape the caller can read."""
    request_id = getattr(request, "request_id", "")
    if request.path.startswith(PROGRAMS):
        return _for_program(request, error, request_id)
    response = _rendered(request, error, request_id)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _for_program(request: HttpRequest, error: errors.StudioError, request_id: str) -> HttpResponse:
    if request.path.startswith(mlflow_form.PREFIX):
        return mlflow_form.response(error)
    return problems.problem_response(error, request_id=request_id)


def _rendered(request: HttpRequest, error: errors.StudioError, request_id: str) -> HttpResponse:
    context = {
        "error": error,
        "title": problems.TITLES.get(error.status, "Error"),
        "request_id": request_id,
    }
    is_fragment = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    template = "errors/fragment.html" if is_fragment else "errors/page.html"
    try:
        return render(request, template, context, status=error.status)
    except TemplateDoesNotExist:
        return _plain(error, request_id)


def _plain(error: errors.StudioError, request_id: str) -> HttpResponse:
    lines = [error.message, error.hint, f"Request {request_id}"]
    return HttpResponse("\n".join(line for line in lines if line), status=error.status, content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, errors.NotFound("not_found", "There is nothing here, or it is not yours to see."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, errors.Denied("permission_denied", "You may not do this."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _minimal(request, errors.Invalid("bad_request", "The request can't be understood."))


def server_error(request: HttpRequest) -> HttpResponse:
    error = errors.StudioError(
        "internal_error",
        "Something in the studio went wrong; nothing of this request was kept.",
        hint="Try again; if it comes back, give the request id to the administrator.",
    )
    return _minimal(request, error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    logger.warning("a request without a valid CSRF token was refused: %s", reason)
    error = errors.Denied(
        "csrf_failed",
        "The form was not sent from a page of this studio, or the page is too old.",
        hint="Reload the page and try again.",
    )
    return error_response(request, error)


def _minimal(request: HttpRequest, error: errors.StudioError) -> HttpResponse:
    """An answer that needs neither template nor database: one of them may be what broke."""
    request_id = getattr(request, "request_id", "")
    if request.path.startswith(PROGRAMS):
        return _for_program(request, error, request_id)
    return _plain(error, request_id)

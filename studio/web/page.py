"""One page, one template; the fragment is a part of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, part: str = "", status: int = 200
) -> HttpResponse:
    """Render `template`, or only its `{% partialdef part %}` for an htmx request that wants a fragment.

    A boosted request or a history restore wants the whole page. A form that comes back invalid passes `status=422`.
    """
    htmx = getattr(request, "htmx", None)
    wants_part = bool(part and htmx and not htmx.boosted and not htmx.history_restore_request)
    name = f"{template}#{part}" if wants_part else template
    response = render(request, name, context or {}, status=status)
    # The same URL answers the page or its part: a cache between must not mix them.
    response["Vary"] = "HX-Request, Cookie"
    return response

"""The OpenAPI description and the page that shows it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

# The generator knows its extensions by their being imported.
from studio.api import schema  # noqa: F401
from studio.web.page import page


class Schema(SpectacularAPIView):
    """GET /api/v1/schema/: OpenAPI 3 of everything under /api/v1/."""

    permission_classes = (IsAuthenticated,)


@login_required
@require_GET
def api_docs(request: HttpRequest) -> HttpResponse:
    return page(request, "api/docs.html")

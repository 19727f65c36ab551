"""Health for probes and for the supervisor: open to everybody, telling nothing but up or not."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.health import checks


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives. Touches nothing else: a database that is away is no reason to restart it."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, Redis, worker and storage; 503 until all are up. The gateway is told of besides."""
    report = checks.report()
    body = {
        "status": "ok" if report.is_ready else "unavailable",
        "checks": {name: {"ok": check.ok, "detail": check.detail} for name, check in report.checks.items()},
    }
    if report.is_ready:
        return JsonResponse(body)
    return JsonResponse(body, status=503, headers={"Retry-After": "2"})

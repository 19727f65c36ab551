"""Where an endpoint is asked: the addresses that go to the gateway."""

from django.conf import settings

from registry.endpoints.models import Endpoint


def base(endpoint: Endpoint) -> str:
    """All that an endpoint answers is below this."""
    return f"{settings.GATEWAY_URL.rstrip('/')}/e/{endpoint.workspace.slug}/{endpoint.name}"


def scoring_uri(endpoint: Endpoint) -> str:
    return f"{base(endpoint)}/score"


def openapi_uri(endpoint: Endpoint) -> str:
    return f"{base(endpoint)}/openapi.json"

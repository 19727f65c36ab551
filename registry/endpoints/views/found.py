"""The endpoint and the deployment that an address names, for who may do this there."""

from django.http import HttpRequest

from registry.endpoints import queries
from registry.endpoints.models import Deployment, Endpoint
from studio import access
from studio.access import Permission


def endpoint(request: HttpRequest, name: str, permission: Permission = Permission.ENDPOINT_VIEW) -> Endpoint:
    found: Endpoint = access.get_or_404(request, Endpoint, None, permission, name=name)
    return found


def deployment(
    request: HttpRequest, name: str, deployment: str, permission: Permission = Permission.ENDPOINT_VIEW
) -> Deployment:
    return queries.deployment_at(endpoint(request, name, permission), deployment)

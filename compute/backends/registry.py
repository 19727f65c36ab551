"""The compute backends by kind."""

from typing import Any

from compute.backends.base import BackendUnavailable, ComputeBackend
from studio.errors import Unavailable
from studio.plugins import Registry

BACKENDS = Registry(
    "atelier.compute_backends",
    {
        "local": "compute.backends.local.LocalBackend",
        "docker": "compute.backends.docker.DockerBackend",
        "builder": "compute.building.backend.BuilderBackend",
    },
)


def why_not_ready(kind: str, settings: dict[str, Any]) -> str:
    """Why nothing can start on a target of this kind and these settings now; empty when nothing is known against it."""
    plugin = BACKENDS.find(kind)
    # A backend that can't be used fails its jobs with the reason: waiting for it would be for ever.
    return str(plugin.implementation().why_not_ready(settings)) if plugin.is_available else ""


def backend_of(kind: str) -> ComputeBackend:
    """The backend of a target's kind. Raises BackendUnavailable when it is missing or broken."""
    try:
        return BACKENDS.get(kind)()
    except Unavailable as error:
        raise BackendUnavailable(error.message) from error

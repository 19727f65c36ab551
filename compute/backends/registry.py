"""The compute backends by kind."""

from compute.backends.base import BackendUnavailable, ComputeBackend
from studio.errors import Unavailable
from studio.plugins import Registry

BACKENDS = Registry(
    "atelier.compute_backends",
    {
        "local": "compute.backends.local.LocalBackend",
        "builder": "compute.building.backend.BuilderBackend",
    },
)


def backend_of(kind: str) -> ComputeBackend:
    """The backend of a target's kind. Raises BackendUnavailable when it is missing or broken."""
    try:
        return BACKENDS.get(kind)()
    except Unavailable as error:
        raise BackendUnavailable(error.message) from error

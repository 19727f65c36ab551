"""How versions, images and endpoints are named where somebody asks for their lineage: `digits:3`, `iris`, `iris/blue`."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model

from registry.data.assets import queries as data
from registry.endpoints import queries as endpoints
from registry.environments import queries as environments
from registry.images import queries as images
from registry.mlmodels import queries as models
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage import references

T = TypeVar("T", bound=Model)


def register_all() -> None:
    """Called once, when the app starts."""
    _register("data", "data asset", data.asset_named, data.version_at)
    _register("environment", "environment", environments.asset_named, environments.version_at)
    _register("model", "model", models.model_named, models.version_at)
    _register("image", "image", images.image_named, images.version_at)
    references.register("endpoint", "endpoint", endpoint)
    references.register("deployment", "deployment", deployment)


def _register(
    kind: str, called: str, named: Callable[[Workspace, str], T | None], version_at: Callable[[T, str], Model]
) -> None:
    """`digits:3` of a kind that has names with versions."""

    def version(workspace: Workspace, name: str) -> str:
        head, ref = references.split(name)
        found = named(workspace, head)
        if found is None:
            raise NotFound("not_found", f"There is no {called} {head[:80]!r} in this workspace.")
        return str(version_at(found, ref).pk)

    references.register(kind, f"{kind}_version", version)


def endpoint(workspace: Workspace, name: str) -> str:
    return str(endpoints.endpoint_at(workspace, name).pk)


def deployment(workspace: Workspace, name: str) -> str:
    """`iris/blue`: the endpoint's name before the deployment's."""
    head, _, last = name.partition("/")
    return str(endpoints.deployment_at(endpoints.endpoint_at(workspace, head), last).pk)

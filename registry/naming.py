"""How versions, images and endpoints are named where somebody asks for their lineage: `digits:3`, `iris`, `iris/blue`."""

from registry.data.assets import queries as data
from registry.endpoints import queries as endpoints
from registry.environments import queries as environments
from registry.images import queries as images
from registry.mlmodels import queries as models
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage import references


def register_all() -> None:
    """Called once, when the app starts."""
    references.register("data", "data_version", data_version)
    references.register("environment", "environment_version", environment_version)
    references.register("model", "model_version", model_version)
    references.register("image", "image_version", image_version)
    references.register("endpoint", "endpoint", endpoint)
    references.register("deployment", "deployment", deployment)


def data_version(workspace: Workspace, name: str) -> str:
    head, version = references.split(name)
    asset = data.asset_named(workspace, head)
    if asset is None:
        raise _missing("data asset", head)
    return str(data.version_at(asset, version).pk)


def environment_version(workspace: Workspace, name: str) -> str:
    head, version = references.split(name)
    asset = environments.asset_named(workspace, head)
    if asset is None:
        raise _missing("environment", head)
    return str(environments.version_at(asset, version).pk)


def model_version(workspace: Workspace, name: str) -> str:
    head, version = references.split(name)
    model = models.model_named(workspace, head)
    if model is None:
        raise _missing("model", head)
    return str(models.version_at(model, version).pk)


def image_version(workspace: Workspace, name: str) -> str:
    head, version = references.split(name)
    image = images.image_named(workspace, head)
    if image is None:
        raise _missing("image", head)
    return str(images.version_at(image, version).pk)


def endpoint(workspace: Workspace, name: str) -> str:
    return str(endpoints.endpoint_at(workspace, name).pk)


def deployment(workspace: Workspace, name: str) -> str:
    """`iris/blue`: the endpoint's name before the deployment's."""
    head, _, last = name.partition("/")
    return str(endpoints.deployment_at(endpoints.endpoint_at(workspace, head), last).pk)


def _missing(what: str, name: str) -> NotFound:
    return NotFound("not_found", f"There is no {what} {name[:80]!r} in this workspace.")

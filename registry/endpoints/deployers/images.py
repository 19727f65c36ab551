"""The image of a revision: the one it names, or one that is built of its model, script and environment."""

import json
from typing import Any

import docker
from docker.errors import APIError, ImageNotFound

from compute.building import own_registry
from registry.endpoints.deployers.base import DeployerUnavailable, NotPrepared
from registry.endpoints.models import DeploymentRevision
from registry.images import names as image_names
from registry.images import services as image_services
from registry.images.models import ImageVersion
from studio.errors import StudioError
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.secrets import vault

PORT = 5001
ENGINES_OWN = "localhost/"  # what no engine pulls: there was no registry when it was built
State = ImageVersion.State


def of(revision: DeploymentRevision) -> tuple[ImageVersion | None, str]:
    """The image when it is ready, else None and what goes on. Raises NotPrepared when it can't be built."""
    version = revision.image_version or _built(revision)
    if version.state == State.READY:
        return version, ""
    if version.state in (State.FAILED, State.CANCELED):
        why = version.problem or "the build was canceled"
        raise NotPrepared(f"The image {version} could not be built: {why}")
    return None, f"The image {version} is being built."


def bring(client: "docker.DockerClient", version: ImageVersion) -> str:
    """Have the image on the engine: as it is there, pulled, or built again. Answers what goes on, empty when it is there.

    Raises NotPrepared when it can't be built again.
    """
    try:
        client.images.get(version.reference)
        return ""
    except ImageNotFound:
        if version.reference.startswith(ENGINES_OWN):
            return _rebuilt(version)
    try:
        client.images.pull(version.reference, auth_config=_credentials(version))
    except (ImageNotFound, APIError) as error:
        if isinstance(error, APIError) and error.status_code and error.status_code >= 500:
            raise DeployerUnavailable(f"The image {version} could not be pulled: {error.explanation}") from error
        return _rebuilt(version)
    return ""


def _rebuilt(version: ImageVersion) -> str:
    """Begin to build the image again; somebody else may have begun already."""
    try:
        image_services.rebuild(actor=None, version=version)
    except StudioError as error:
        if error.code != "image_state":  # somebody else has begun already
            raise NotPrepared(
                f"The image {version} is neither on the engine nor in a registry, and can't be built again: {error.message}"
            ) from error
    return f"The image {version} is neither on the engine nor in a registry any more: it is being built again."


def routes(version: ImageVersion) -> dict[str, Any]:
    """Where a container with a server of its own is asked: its port, and the paths of its probes."""
    config = (version.environment.definition if version.environment else {}).get("inference_config") or {}
    found: dict[str, Any] = {}
    for route, name in (("liveness_route", "live"), ("readiness_route", "ready")):
        if path := (config.get(route) or {}).get("path"):
            found[name] = path
    if port := (config.get("scoring_route") or {}).get("port"):
        found["port"] = port
    return found


def _built(revision: DeploymentRevision) -> ImageVersion:
    """The build of the revision's contents, begun once: the revision names it from then on."""
    endpoint = revision.deployment.endpoint
    workspace, model = endpoint.workspace, revision.model_version
    try:
        version = image_services.build(
            actor=revision.created_by,
            workspace=workspace,
            models=[model] if model else [],
            name="" if model else image_names.suggested(f"{endpoint.name}-{revision.deployment.name}"),
            code=revision.code,
            scoring_script=revision.scoring_script,
            environment=revision.environment,
        )
    except StudioError as error:
        raise NotPrepared(f"The image can't be built: {error.message}") from error
    DeploymentRevision.objects.filter(pk=revision.pk).update(image_version=version)
    revision.image_version = version
    source = Thing("image_version", str(version.pk))
    target = Thing("deployment", str(revision.deployment_id))
    lineage.link(workspace=workspace, source=source, target=target, verb="deployed")
    return version


def _credentials(version: ImageVersion) -> dict[str, str] | None:
    """What opens the registry that the image was pushed to."""
    connection = version.connection
    if connection is None:
        return own_registry.credentials_for(version.reference)
    if connection.secret is None:
        return None
    values = json.loads(vault.reveal(connection.secret, user=Thing("image_version", str(version.pk))))
    name = values.get("username") or values.get("client_id") or "token"
    secret = next((values[key] for key in ("password", "key", "pat", "token", "client_secret") if values.get(key)), "")
    return {"username": str(name), "password": str(secret)} if secret else None

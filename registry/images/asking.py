"""What forms, REST and command lines write for a build, read: texts become models, folders, environments, connections."""

from collections.abc import Mapping, Sequence
from typing import Any

from registry.environments import queries as environment_queries
from registry.environments import services as environments
from registry.environments.models import Environment, EnvironmentVersion
from registry.mlmodels import queries as models
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.errors import Invalid, NotFound
from studio.secrets.models import Connection
from studio.storage import folders
from studio.storage.models import Blob

Named = str | Mapping[str, Any]


def model_of(workspace: Workspace, ref: str) -> ModelVersion:
    """The version of `digits:3`, `digits@champion`, `digits` (its latest), also with `azureml:` or `models:/` before it."""
    text = ref.strip().removeprefix("azureml:")
    if text.startswith("models:/"):
        text = text.removeprefix("models:/").replace("/", ":", 1)
    name, _, which = text.replace("@", ":", 1).partition(":")
    model = models.model_named(workspace, name)
    if model is None:
        raise NotFound("not_found", f"There is no model {name[:80]!r} in this workspace.")
    version = models.version_at(model, which or "latest")
    version.model.workspace = workspace
    return version


def models_of(workspace: Workspace, refs: Sequence[str]) -> list[ModelVersion]:
    return [model_of(workspace, ref) for ref in refs]


def code_of(workspace: Workspace, sha256: str) -> Blob | None:
    """The folder of code with this SHA-256, which was sent to `folders/<sha256>` before."""
    return folders.find(workspace=workspace, sha256=sha256) if sha256 else None


def environment_of(
    workspace: Workspace, named: Named | None, files: Mapping[str, str] | None = None
) -> Environment | EnvironmentVersion | None:
    """The environment that a text or a mapping names as a job file does; None for nothing. `files` are texts it names."""
    if not named:
        return None
    found = environments.find(workspace=workspace, value=named, files=files, on_docker=True)
    return found.version or found.content


def environment_names(workspace: Workspace) -> list[str]:
    """Names of environments, for a picker."""
    return environment_queries.names(workspace)


def connection_of(workspace: Workspace, name: str) -> Connection | None:
    """The registry's connection of this name. Raises Invalid."""
    if not name:
        return None
    found = Connection.objects.filter(workspace=workspace, name__iexact=name).select_related("secret").first()
    if found is None:
        message = f"There is no connection {name[:80]!r} in this workspace."
        raise Invalid("bad_image", message, fields={"connection": message})
    return found


def registries_in(workspace: Workspace) -> list[str]:
    """The names of connections to container registries, for a form."""
    rows = Connection.objects.filter(workspace=workspace, type="container_registry").order_by("name")
    return list(rows.values_list("name", flat=True)[:200])

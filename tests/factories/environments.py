"""Environments as the use cases leave them."""

from typing import Any

from registry.environments import definitions, services
from registry.environments.models import EnvironmentVersion
from studio.access.models import Workspace
from studio.accounts.models import User


def make_environment_version(
    workspace: Workspace, name: str = "train", *packages: str, actor: User | None = None, **more: Any
) -> EnvironmentVersion:
    """A version of these packages under this name."""
    definition = definitions.parse({"requirements": list(packages or ("numpy",)), "python": "3.11"}, {})
    return services.register(actor=actor, workspace=workspace, name=name, definition=definition, **more)

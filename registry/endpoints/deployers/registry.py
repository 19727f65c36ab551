"""The deployers by name."""

from registry.endpoints.deployers.base import Deployer, DeployerUnavailable
from studio.errors import Unavailable
from studio.plugins import Registry

DEPLOYERS = Registry(
    "atelier.deployers",
    {
        "docker": "registry.endpoints.deployers.docker.DockerDeployer",
        "local": "registry.endpoints.deployers.local.LocalDeployer",
    },
)


def deployer_of(name: str) -> Deployer:
    """The deployer of this name. Raises DeployerUnavailable when it is missing or broken."""
    try:
        return DEPLOYERS.get(name)()
    except Unavailable as error:
        raise DeployerUnavailable(error.message) from error

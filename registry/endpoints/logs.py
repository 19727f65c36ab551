"""What a deployment's instances printed, asked of the deployer that runs them."""

from registry.endpoints import queries
from registry.endpoints.deployers.base import DeployerUnavailable
from registry.endpoints.deployers.registry import deployer_of
from registry.endpoints.models import Deployment, Instance

LINES = 200
MOST_LINES = 5_000
MOST_INSTANCES = 20


def chosen(deployment: Deployment, instance: str = "") -> list[Instance]:
    """The instance of this id, or the living ones; where none lives, the one that ended last."""
    rows = queries.instances_of(deployment)
    if instance:
        return [row for row in rows if str(row.pk) == instance]
    living = [row for row in rows if row.state in Instance.ALIVE]
    return (living or rows[:1])[:MOST_INSTANCES]


def tail(deployment: Deployment, instance: Instance, lines: int = LINES) -> str:
    """The instance's last lines, or a sentence why there are none."""
    if not instance.ref:
        return instance.problem
    try:
        return deployer_of(deployment.deployer).log(instance.ref, lines=min(lines, MOST_LINES))
    except DeployerUnavailable as error:
        return str(error)

"""What shall happen soon after the commit: the deployment is looked at, the gateway hears of a new table."""

from registry.endpoints.models import Deployment, Endpoint


def look(deployment: Deployment) -> None:
    """Have the deployment moved on at once rather than by the clock."""
    from registry.endpoints import tasks

    tasks.move_on.delay_on_commit(deployment.pk)


def table(endpoint: Endpoint) -> None:
    """Have the gateway's table written anew."""
    from registry.endpoints import tasks

    tasks.publish_table.delay_on_commit()

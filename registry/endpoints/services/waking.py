"""What shall happen soon after the commit: the deployment is looked at, the gateway hears of a new table."""

from django.db import transaction

from registry.endpoints import routing
from registry.endpoints.models import Deployment, Endpoint


def look(deployment: Deployment) -> None:
    """Have the deployment moved on at once rather than by the clock."""
    from registry.endpoints import tasks

    tasks.move_on.delay_on_commit(deployment.pk)


def table(endpoint: Endpoint) -> None:
    """Have the gateway's table written anew, right after the commit and by this process: a key that was replaced must not
    open for as long as the workers are busy. What fails here the tick makes good."""
    transaction.on_commit(routing.publish, robust=True)

"""Use cases of batch scoring: endpoints, deployments, jobs, and what workers report."""

from registry.batch.services.deployments import NewBatchDeployment, check_deployment, delete_deployment, deploy
from registry.batch.services.endpoints import create_endpoint, delete_endpoint, edit_endpoint
from registry.batch.services.jobs import Invocation, cancel, invoke

__all__ = [
    "Invocation",
    "NewBatchDeployment",
    "cancel",
    "check_deployment",
    "create_endpoint",
    "delete_deployment",
    "delete_endpoint",
    "deploy",
    "edit_endpoint",
    "invoke",
]

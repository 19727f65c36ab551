"""Use cases of endpoints and deployments, under one name."""

from registry.endpoints.keys import Keys
from registry.endpoints.services.access import Token, issue_token, keys, regenerate_key
from registry.endpoints.services.changing import (
    delete_deployment,
    edit_deployment,
    restart,
    roll_back_revision,
    scale,
)
from registry.endpoints.services.deploying import check_deployment, deploy
from registry.endpoints.services.endpoints import create_endpoint, delete_endpoint, edit_endpoint
from registry.endpoints.services.new_deployment import NewDeployment
from registry.endpoints.services.traffic import roll_back, set_traffic

__all__ = [
    "Keys",
    "NewDeployment",
    "Token",
    "check_deployment",
    "create_endpoint",
    "delete_deployment",
    "delete_endpoint",
    "deploy",
    "edit_deployment",
    "edit_endpoint",
    "issue_token",
    "keys",
    "regenerate_key",
    "restart",
    "roll_back",
    "roll_back_revision",
    "scale",
    "set_traffic",
]

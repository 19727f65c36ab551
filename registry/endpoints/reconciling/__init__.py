"""Moving deployments on: what shall be, what there is, and the next step between the two. Every step may be done twice."""

from registry.endpoints.reconciling.moving import move_on
from registry.endpoints.reconciling.ticking import publish_table, tick

__all__ = ["move_on", "publish_table", "tick"]

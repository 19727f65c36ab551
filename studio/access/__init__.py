"""Who may see and do what: the only judge of the studio."""

from studio.access.judge import (
    allows,
    get_or_404,
    holds,
    is_administrator,
    is_over,
    may_act_personally,
    may_create_workspaces,
    may_look_personally,
    remember,
    require,
    role_in,
    visible,
    visible_workspaces,
    workspace_or_404,
)
from studio.access.permissions import Permission

__all__ = [
    "Permission",
    "allows",
    "get_or_404",
    "holds",
    "is_administrator",
    "is_over",
    "may_act_personally",
    "may_create_workspaces",
    "may_look_personally",
    "remember",
    "require",
    "role_in",
    "visible",
    "visible_workspaces",
    "workspace_or_404",
]

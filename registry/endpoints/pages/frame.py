"""What the pages of one endpoint share: who may do what here, the tabs, the address, the state in one word."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from registry.endpoints.models import Deployment, Endpoint
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.web.context import address
from studio.web.tabs import Tab

__all__ = ["Can", "address", "can", "slots", "state_of", "tabs"]

# Deployments called by a colour have it; the others take what is left, in order.
COLOURS = {
    "blue": 1, "orange": 2, "teal": 3, "purple": 4, "red": 5, "green": 6, "pink": 7, "brown": 8, "cyan": 9, "olive": 10,
    "indigo": 11, "grey": 12, "gray": 12,
}  # fmt: skip
SLOTS = 12
ON_ITS_WAY = (Deployment.State.CREATING, Deployment.State.UPDATING, Deployment.State.SCALING)

# (label, icon, URL name, what one must be allowed to do)
TABS = (
    ("Overview", "layout-grid", "endpoint-detail", None),
    ("Test", "terminal", "endpoint-test", None),
    ("Metrics", "chart-line", "endpoint-metrics", None),
    ("Monitoring", "gauge", "endpoint-monitoring", None),
    ("Logs", "scroll-text", "endpoint-logs", None),
    ("Keys", "key-round", "endpoint-keys", Permission.ENDPOINT_KEYS),
    ("Lineage", "git-branch", "endpoint-lineage", None),
)


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with endpoints here."""

    edit: bool
    invoke: bool
    keys: bool
    delete: bool


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        edit=access.allows(request, Permission.ENDPOINT_EDIT, workspace),
        invoke=access.allows(request, Permission.ENDPOINT_INVOKE, workspace),
        keys=access.allows(request, Permission.ENDPOINT_KEYS, workspace),
        delete=access.allows(request, Permission.ENDPOINT_DELETE, workspace),
    )


def tabs(request: HttpRequest, endpoint: Endpoint, current: str) -> list[Tab]:
    """The ways around an endpoint, `current` (a label) marked; one that a person may not use is left out."""
    found = []
    for label, icon, name, permission in TABS:
        if permission is None or access.allows(request, permission, endpoint.workspace):
            url = reverse(name, kwargs={"workspace": endpoint.workspace.slug, "name": endpoint.name})
            found.append(Tab(label, icon, url, is_current=label == current))
    return found


def slots(names: Sequence[str]) -> dict[str, int]:
    """The colour of each deployment of an endpoint: its name's own where it is one, else the next that is free."""
    found = {name: COLOURS[name.lower()] for name in names if name.lower() in COLOURS}
    free = [slot for slot in range(1, SLOTS + 1) if slot not in found.values()] or list(range(1, SLOTS + 1))
    for place, name in enumerate(name for name in names if name not in found):
        found[name] = free[place % len(free)]
    return found


def state_of(endpoint: Endpoint, deployments: Sequence[Deployment]) -> str:
    """The endpoint's state in one of the words of state chips."""
    if endpoint.is_deleting:
        return "deleting"
    if not deployments:
        return "empty"
    asked = [one for one in deployments if endpoint.traffic.get(one.name)]
    if any(one.state in ON_ITS_WAY for one in deployments):
        return "updating"
    if failed := [one for one in asked if one.state == Deployment.State.FAILED]:
        # What was there before an update that failed goes on answering.
        return "failed" if any(one.current_id is None for one in failed) else "outdated"
    if not asked and all(one.state == Deployment.State.FAILED and one.current_id is None for one in deployments):
        return "failed"
    return "ready" if asked else "silent"

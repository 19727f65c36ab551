"""The first page of an endpoint: traffic, deployments, where they come from, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from registry.endpoints import addresses
from registry.endpoints.models import Deployment, DeploymentEvent, Endpoint
from registry.endpoints.pages import frame, origins, rows, shares
from registry.endpoints.pages.shares import Share
from studio.web.tabs import Tab

EVENTS = 8


@dataclass(frozen=True, slots=True)
class EndpointHead:
    """What stands above every page of an endpoint."""

    endpoint: Endpoint
    state: str
    url: str  # where requests go
    tabs: list[Tab]
    can: frame.Can


@dataclass(frozen=True, slots=True)
class Overview:
    rows: list[rows.DeploymentRow]
    shares: list[Share]
    words: str
    total: int
    mirrored: Share | None
    before: str  # in words, the traffic that rolling back restores; empty where there is none
    lineage: list[origins.Column]
    events: list[DeploymentEvent]


def head(request: HttpRequest, endpoint: Endpoint, deployments: Sequence[Deployment], current: str) -> EndpointHead:
    return EndpointHead(
        endpoint=endpoint,
        state=frame.state_of(endpoint, deployments),
        url=addresses.scoring_uri(endpoint),
        tabs=frame.tabs(request, endpoint, current),
        can=frame.can(request, endpoint.workspace),
    )


def overview(endpoint: Endpoint, deployments: Sequence[Deployment]) -> Overview:
    parts = shares.shares(endpoint, deployments)
    return Overview(
        rows=rows.rows_of(endpoint, deployments),
        shares=parts,
        words=shares.words(endpoint.traffic),
        total=sum(share.percent for share in parts),
        mirrored=next((share for share in parts if share.mirrored), None),
        before=shares.words(endpoint.previous_traffic) if _can_roll_back(endpoint, deployments) else "",
        lineage=origins.columns(endpoint, deployments),
        events=events_of(deployments, limit=EVENTS),
    )


def events_of(deployments: Sequence[Deployment], *, limit: int) -> list[DeploymentEvent]:
    """The newest events of these deployments."""
    found = DeploymentEvent.objects.filter(deployment__in=[one.pk for one in deployments])
    return list(found.select_related("deployment", "actor").order_by("-id")[:limit])


def _can_roll_back(endpoint: Endpoint, deployments: Sequence[Deployment]) -> bool:
    """Whether there was other traffic before, to deployments that are still there."""
    names = {one.name for one in deployments}
    before = {name: percent for name, percent in endpoint.previous_traffic.items() if percent}
    now = {name: percent for name, percent in endpoint.traffic.items() if percent}
    return bool(before) and before != now and set(before) <= names

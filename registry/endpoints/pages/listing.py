"""The list of endpoints."""

from dataclasses import dataclass

from django.http import HttpRequest

from registry.endpoints import queries
from registry.endpoints.models import Endpoint
from registry.endpoints.pages import figures, frame, shares
from studio.access.models import Workspace
from studio.api import pagination
from studio.web.endpoint_tabs import endpoint_tabs
from studio.web.tabs import Tab

PAGE_ROWS = 50
FIRST_LINES = (
    "atelier endpoint create --name credit-scoring\n"
    "atelier deployment create -f blue.yml -e credit-scoring --all-traffic --wait\n"
    "atelier endpoint invoke credit-scoring --request-file sample.json"
)


@dataclass(frozen=True, slots=True)
class EndpointRow:
    endpoint: Endpoint
    state: str
    problem: str
    shares: list[shares.Share]
    words: str
    figures: figures.Figures


@dataclass(frozen=True, slots=True)
class EndpointList:
    rows: list[EndpointRow]
    q: str
    next_url: str
    previous_url: str
    tabs: list[Tab]
    snippet: str
    can: frame.Can


def endpoint_list(request: HttpRequest, workspace: Workspace) -> EndpointList:
    """A page of the workspace's endpoints by name, those whose name or description has the asked words."""
    q = request.GET.get("q", "").strip()[:200]
    page = pagination.page_of(
        queries.endpoints_in(workspace, q),
        order=("name", "id"),
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_ROWS,
    )
    known = figures.of_endpoints(page.rows)
    return EndpointList(
        rows=[_row(endpoint, known) for endpoint in page.rows],
        q=q,
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        tabs=endpoint_tabs(workspace, "Real-time"),
        snippet=FIRST_LINES,
        can=frame.can(request, workspace),
    )


def _row(endpoint: Endpoint, known: dict[int, figures.Figures]) -> EndpointRow:
    deployments = list(endpoint.deployments.all())
    return EndpointRow(
        endpoint=endpoint,
        state=frame.state_of(endpoint, deployments),
        problem=next((one.problem for one in deployments if one.problem), ""),
        shares=shares.shares(endpoint, deployments),
        words=shares.words(endpoint.traffic),
        figures=known.get(endpoint.pk, figures.NONE),
    )


def _page_url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""

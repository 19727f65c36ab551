"""What stands around every page of one version: its name, the other versions, the tabs, what may be done."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from registry.data.assets import queries
from registry.data.assets.models import DataVersion
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.web.tabs import Tab

MOST_VERSIONS = 100
# Label, icon, URL name. A tab of a feature that has no page is left out.
TABS = (
    ("Details", "info", "data-version"),
    ("Explore", "table-2", "data-explore-part"),
    ("Profile", "chart-column", "data-profile-part"),
    ("Lineage", "list-tree", "data-lineage"),
    ("Consume", "code", "data-consume"),
)


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with data here."""

    edit: bool
    delete: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Another version, with the same tab of it."""

    version: str
    url: str
    note: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    tabs: list[Tab]
    versions: list[Choice]
    can: Can


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        edit=access.allows(request, Permission.DATA_EDIT, workspace),
        delete=access.allows(request, Permission.DATA_DELETE, workspace),
    )


def frame(request: HttpRequest, version: DataVersion, current: str) -> Frame:
    """The frame of a version's page, with the tab of this label marked."""
    name = next(url for label, _, url in TABS if label == current)
    others = [
        Choice(row.version, _url(name, row), _note(row), row.pk == version.pk)
        for row in queries.versions_of(version.asset)[:MOST_VERSIONS]
    ]
    return Frame(tabs(version, current), others, can(request, version.asset.workspace))


def tabs(version: DataVersion, current: str) -> list[Tab]:
    """The tabs of a version's pages."""
    found = [(label, icon, _url(name, version)) for label, icon, name in TABS]
    return [Tab(label, icon, url, label == current) for label, icon, url in found if url]


def _url(name: str, version: DataVersion) -> str:
    asset = version.asset
    try:
        return reverse(name, args=(asset.workspace.slug, asset.name, version.version))
    except NoReverseMatch:
        return ""


def _note(version: DataVersion) -> str:
    if version.is_archived:
        return "archived"
    return "" if version.state == DataVersion.State.READY else version.state

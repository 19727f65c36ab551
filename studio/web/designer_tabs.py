"""The tabs that the lists of the designer share, whichever feature they are of."""

from studio.access.models import Workspace
from studio.web.context import address
from studio.web.tabs import Tab

# (label, icon, URL name)
TABS = (
    ("Pipelines", "workflow", "pipeline-list"),
    ("Endpoints", "rocket", "pipeline-endpoint-list"),
    ("Schedules", "clock", "schedule-list"),
    ("Components", "puzzle", "component-list"),
)


def designer_tabs(workspace: Workspace, current: str) -> list[Tab]:
    """The lists there are pages of, `current` (a label) marked."""
    found = [(label, icon, address(name, workspace=workspace.slug)) for label, icon, name in TABS]
    return [Tab(label, icon, url, is_current=label == current) for label, icon, url in found if url]

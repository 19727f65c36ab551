"""The tabs that the lists of the designer share, whichever feature they are of."""

from urllib.parse import quote

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
RUNS = 'source = "pipeline"'  # in the language of the search


def designer_tabs(workspace: Workspace, current: str) -> list[Tab]:
    """The lists there are pages of, `current` (a label) marked."""
    found = [(label, icon, address(name, workspace=workspace.slug)) for label, icon, name in TABS]
    tabs = [Tab(label, icon, url, is_current=label == current) for label, icon, url in found if url]
    runs = address("run-list", workspace=workspace.slug)
    # The table of all runs has those of pipelines too: no second list of the same.
    return (
        [*tabs[:1], Tab("Runs", "activity", f"{runs}?q={quote(RUNS)}", is_current=False), *tabs[1:]] if runs else tabs
    )

"""The tabs that the pages of Data share, whichever feature they are of."""

from studio.access.models import Workspace
from studio.web.context import address
from studio.web.tabs import Tab

# (label, icon, URL name)
TABS = (
    ("Assets", "table-2", "data-list"),
    ("Datastores", "hard-drive", "datastore-list"),
    ("Dataflows", "workflow", "dataflow-list"),
    ("Connections", "plug", "connection-list"),
)


def data_tabs(workspace: Workspace, current: str) -> list[Tab]:
    """The ways around Data, `current` (a label) marked; for `ui/tabs.html`."""
    found = [(label, icon, address(name, workspace=workspace.slug)) for label, icon, name in TABS]
    return [Tab(label, icon, url, is_current=label == current) for label, icon, url in found if url]

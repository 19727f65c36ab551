"""The tabs that the lists of what is deployed share, whichever feature they are of."""

from studio.access.models import Workspace
from studio.web.context import address
from studio.web.tabs import Tab

# (label, icon, URL name)
TABS = (
    ("Real-time", "radio", "endpoint-list"),
    ("Batch", "layers", "batch-endpoint-list"),
    ("Devices", "cpu", "device-list"),
)


def endpoint_tabs(workspace: Workspace, current: str) -> list[Tab]:
    """The kinds of endpoints there are pages of, `current` (a label) marked."""
    found = [(label, icon, address(name, workspace=workspace.slug)) for label, icon, name in TABS]
    return [Tab(label, icon, url, is_current=label == current) for label, icon, url in found if url]

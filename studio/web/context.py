"""What the frame of every page shows: the workspaces of this person, the one the URL names and the way around in it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from studio import access
from studio.access.models import Workspace


@dataclass(frozen=True, slots=True)
class NavItem:
    """One way in the navigation; `keys` is its shortcut after `g`."""

    label: str
    icon: str
    url: str
    is_current: bool
    keys: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    label: str
    items: tuple[NavItem, ...]


# Group → (label, icon, URL name, key after `g`). A way that has no URL yet is left out.
NAVIGATION: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...] = (
    ("", (("Home", "house", "home", "h"),)),
    ("Author", (("Designer", "workflow", "pipeline-list", "p"),)),
    (
        "Track",
        (
            ("Experiments", "flask-conical", "experiment-list", "e"),
            ("Runs", "activity", "run-list", "r"),
            ("Reports", "notebook-pen", "report-list", ""),
            ("Traces", "list-tree", "trace-list", "t"),
        ),
    ),
    ("Assets", (("Data", "table-2", "data-list", "d"), ("Models", "box", "model-list", "m"))),
    (
        "Deploy",
        (
            ("Endpoints", "rocket", "endpoint-list", "o"),
            ("Images", "layers", "image-list", "i"),
            ("Environments", "package", "environment-list", "v"),
        ),
    ),
    (
        "Manage",
        (
            ("Compute", "cpu", "compute-list", "c"),
            ("Storage", "hard-drive", "storage", ""),
            ("Secrets", "lock", "secret-list", ""),
            ("Activity", "history", "activity-list", "a"),
            ("Members", "users", "member-list", ""),
        ),
    ),
)
# Pages that lie beside the way they belong to.
BESIDE = {
    "data-list": ("connection-list",),
    "endpoint-list": ("batch-endpoint-list", "device-list"),
    "pipeline-list": ("pipeline-endpoint-list", "schedule-list", "schedule-new", "component-list"),
}
# Other addresses the frame needs, by the name templates know them under; True: inside the workspace.
SHELL_URLS = {
    "compare": ("compare", True),
    "activities": ("activity-list", True),
    "runs": ("run-list", True),
    "home": ("home", True),
    "palette": ("palette", True),
    "tray": ("activity-tray", True),
    "bell": ("notification-panel", False),
    "notifications": ("notification-list", False),
    "tokens": ("account-tokens", False),
    "profile": ("account-profile", False),
    "address_rules": ("address-rule-list", False),
    "sign_out": ("sign-out", False),
}


def address(name: str, /, **kwargs: str) -> str:
    """The URL of a named page, empty while there is none."""
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


def navigation(workspace: Workspace, *, path: str) -> tuple[NavGroup, ...]:
    """The navigation of one workspace, with the item that `path` lies in marked."""
    groups = []
    for label, entries in NAVIGATION:
        items = []
        for title, icon, name, keys in entries:
            url = address(name, workspace=workspace.slug)
            if url:
                is_current = path == url if name == "home" else path.startswith(tuple(_below(name, url, workspace)))
                items.append(NavItem(label=title, icon=icon, url=url, is_current=is_current, keys=keys))
        if items:
            groups.append(NavGroup(label=label, items=tuple(items)))
    return tuple(groups)


def _below(name: str, url: str, workspace: Workspace) -> list[str]:
    """Where the pages of a way lie."""
    beside = (address(each, workspace=workspace.slug) for each in BESIDE.get(name, ()))
    return [url, *(found for found in beside if found)]


class Shell:
    """The frame's parts, each worked out when a template first asks: a fragment or an error page asks for none."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def workspaces(self) -> list[Workspace]:
        user = getattr(self._request, "user", None)
        signed_in = user is not None and user.is_authenticated
        return list(access.visible_workspaces(self._request)) if signed_in else []

    @cached_property
    def workspace(self) -> Workspace | None:
        """The workspace in the URL, or the one this browser was in last, or the first."""
        match = self._request.resolver_match
        slug = match.kwargs.get("workspace", "") if match else ""
        slug = slug or self._request.COOKIES.get("atelier_workspace", "")
        found = [workspace for workspace in self.workspaces if workspace.slug == slug]
        return found[0] if found else next(iter(self.workspaces), None)

    @cached_property
    def groups(self) -> tuple[NavGroup, ...]:
        workspace = self.workspace
        return navigation(workspace, path=self._request.path) if workspace else ()

    @cached_property
    def urls(self) -> dict[str, str]:
        workspace = self.workspace
        slug = workspace.slug if workspace else ""
        found = {}
        for key, (name, is_inside) in SHELL_URLS.items():
            if is_inside:
                found[key] = address(name, workspace=slug) if slug else ""
            else:
                found[key] = address(name)
        # Offered to those alone who may use it: what a role can't do is absent, not greyed.
        if workspace and access.allows(self._request, access.Permission.RUN_SUBMIT, workspace):
            found["new_run"] = address("run-new", workspace=slug)
        return found

    @property
    def switches(self) -> list[tuple[Workspace, str]]:
        """Each workspace with the address of its Home."""
        return [(workspace, address("home", workspace=workspace.slug)) for workspace in self.workspaces]


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for base.html, and `workspace` and `workspaces` for pages whose view does not give them."""
    frame = Shell(request)
    return {
        "shell": frame,
        "workspace": SimpleLazyObject(lambda: frame.workspace),
        "workspaces": SimpleLazyObject(lambda: frame.workspaces),
    }

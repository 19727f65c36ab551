"""What the activity page and the tray show."""

from dataclasses import dataclass

from django.http import HttpRequest

from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import queries
from studio.activity.models import Activity, Event
from studio.api import pagination
from studio.errors import Invalid
from studio.web.tabs import Tab

PAGE_ROWS = 50
TRAY_OPEN, TRAY_FINISHED = 20, 5


@dataclass(frozen=True, slots=True)
class Filters:
    """The typed query string of the activity page."""

    view: str  # "feed" or "operations"
    area: str
    actor_id: int | None
    state: str
    kind: str
    cursor: str

    @property
    def is_narrowed(self) -> bool:
        return bool(self.area or self.actor_id is not None or self.state or self.kind)


@dataclass(frozen=True, slots=True)
class ActivityPage:
    filters: Filters
    tabs: list[Tab]
    events: list[Event]
    operations: list[Activity]
    open_count: int
    next_url: str
    previous_url: str
    areas: tuple[str, ...]
    people: list[User]
    kinds: list[str]

    @property
    def state_choices(self) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in queries.STATES]

    @property
    def filter_words(self) -> str:
        """The filter as text, for the state in which it leaves nothing."""
        person = next((str(user) for user in self.people if user.pk == self.filters.actor_id), "")
        return " ".join(word for word in (self.filters.area, self.filters.state, self.filters.kind, person) if word)

    @property
    def is_live(self) -> bool:
        """Only the newest page follows what happens: elsewhere rows would move under the reader."""
        return not self.filters.cursor


@dataclass(frozen=True, slots=True)
class Tray:
    open: list[Activity]
    finished: list[Activity]

    @property
    def count(self) -> int:
        return len(self.open)


def read_filters(request: HttpRequest) -> Filters:
    """The filters of the URL; raises Invalid for a value that is not on offer."""
    actor = request.GET.get("actor", "")
    return Filters(
        view=_one_of(request, "view", ("feed", "operations")) or "feed",
        area=_one_of(request, "area", queries.AREAS),
        actor_id=pagination.whole_number("actor", actor, minimum=1, maximum=2**63 - 1) if actor else None,
        state=_one_of(request, "state", queries.STATES),
        kind=_plain(request, "kind", 40),
        cursor=request.GET.get("cursor", ""),
    )


def activity_page(request: HttpRequest, workspace: Workspace) -> ActivityPage:
    """One page of the feed or of the operations of a workspace."""
    filters = read_filters(request)
    mine = access.visible(request, Activity, Permission.ACTIVITY_VIEW)
    open_count = queries.operations(mine, state="open").count()
    if filters.view == "operations":
        rows = queries.operations(mine, state=filters.state, kind=filters.kind)
        found = pagination.page_of(rows, order=("-created_at", "-id"), cursor=filters.cursor, limit=PAGE_ROWS)
        operations, events = found.rows, []
    else:
        feed = access.visible(request, Event, Permission.ACTIVITY_VIEW)
        lines = queries.events(feed, area=filters.area, actor_id=filters.actor_id)
        found = pagination.page_of(lines, order=("-id",), cursor=filters.cursor, limit=PAGE_ROWS)
        operations, events = [], found.rows
    return ActivityPage(
        filters=filters,
        tabs=_tabs(filters, open_count),
        events=events,
        operations=operations,
        open_count=open_count,
        next_url=_address(request, found.next),
        previous_url=_address(request, found.previous),
        areas=queries.AREAS,
        people=queries.people_in(workspace),
        kinds=queries.kinds_in(workspace),
    )


def tray(request: HttpRequest) -> Tray:
    """What goes on now and what ended last."""
    mine = access.visible(request, Activity, Permission.ACTIVITY_VIEW)
    ended = queries.operations(mine, state="finished").order_by("-ended_at", "-id")
    return Tray(open=list(queries.operations(mine, state="open")[:TRAY_OPEN]), finished=list(ended[:TRAY_FINISHED]))


def _tabs(filters: Filters, open_count: int) -> list[Tab]:
    is_feed = filters.view == "feed"
    return [
        Tab("Feed", "history", "?", is_feed),
        Tab("Operations", "loader", "?view=operations", not is_feed, open_count or None),
    ]


def _address(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""


def _one_of(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    value = request.GET.get(name, "")
    if value and value not in allowed:
        message = f"Give one of: {', '.join(allowed)}."
        raise Invalid("bad_parameter", f"{name}: {message}", fields={name: message})
    return value


def _plain(request: HttpRequest, name: str, longest: int) -> str:
    value = request.GET.get(name, "")
    if len(value) > longest or not value.isprintable():
        message = f"Give at most {longest} printable characters."
        raise Invalid("bad_parameter", f"{name}: {message}", fields={name: message})
    return value

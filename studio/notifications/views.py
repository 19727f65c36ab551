"""The bell and the page behind it."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from studio.api import pagination
from studio.errors import NotFound
from studio.notifications import queries, services
from studio.notifications.models import Notification
from studio.web.page import page

IN_PANEL = 10
PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class NotificationPage:
    rows: list[Notification]
    unread: int
    is_unread_only: bool
    next_url: str
    previous_url: str
    is_live: bool


@login_required
@require_GET
def notification_panel(request: HttpRequest) -> HttpResponse:
    return _panel(request)


@login_required
@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    is_unread_only = request.GET.get("show") == "unread"
    cursor = request.GET.get("cursor", "")
    rows = queries.notifications_of(request.user, is_unread=is_unread_only)
    found = pagination.page_of(rows, order=("-id",), cursor=cursor, limit=PAGE_ROWS)
    shown = NotificationPage(
        rows=found.rows,
        unread=queries.unread_count(request.user),
        is_unread_only=is_unread_only,
        next_url=f"?{pagination.query_with(request.GET, cursor=found.next)}" if found.next else "",
        previous_url=f"?{pagination.query_with(request.GET, cursor=found.previous)}" if found.previous else "",
        is_live=not cursor,
    )
    return page(request, "notifications/list.html", {"page": shown}, part="rows")


@login_required
@require_POST
def notification_read(request: HttpRequest) -> HttpResponse:
    """Mark all read; the bell and the page hear of it over the socket."""
    services.mark_read(actor=request.user)
    if request.htmx:  # type: ignore[attr-defined]
        return _panel(request)
    return redirect("notification-list")


@login_required
@require_GET
def notification_open(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Go to what a notification is about; having gone there is having read it."""
    found = queries.notifications_of(request.user).filter(pk=notification_id).first()
    if found is None:
        raise NotFound("not_found", "There is nothing here, or it is not yours to see.")
    services.mark_read(actor=request.user, ids=[found.pk])
    return redirect(found.url or "notification-list")


def _panel(request: HttpRequest) -> HttpResponse:
    rows = queries.notifications_of(request.user)[:IN_PANEL]
    context = {"rows": rows, "unread": queries.unread_count(request.user)}
    return page(request, "notifications/panel.html", context)

"""Operations and feed lines as REST shows them."""

from typing import Any

from studio.accounts.models import User
from studio.activity.models import Activity, Event


def show_activity(activity: Activity) -> dict[str, Any]:
    return {
        "id": activity.pk,
        "kind": activity.kind,
        "subject": activity.subject,
        "title": activity.title,
        "url": activity.url,
        "state": activity.state,
        "progress": activity.progress,
        "message": activity.message,
        "actor": show_person(activity.actor),
        "created_at": activity.created_at,
        "updated_at": activity.updated_at,
        "ended_at": activity.ended_at,
    }


def show_event(event: Event) -> dict[str, Any]:
    return {
        "id": event.pk,
        "verb": event.verb,
        "subject": event.subject,
        "label": event.label,
        "url": event.url,
        "detail": event.detail,
        "actor": show_person(event.actor),
        "at": event.at,
    }


def show_person(user: User | None) -> dict[str, Any] | None:
    return None if user is None else {"id": user.pk, "name": str(user), "email": user.email}

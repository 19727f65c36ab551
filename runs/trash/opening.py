"""Opening a removal for good: its receipt and the operation people watch."""

from django.db import IntegrityError, transaction

from runs.trash.models import Purge
from runs.trash.scopes import Scope
from runs.trash.turns import KIND
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity


def open_purge(*, actor: User | None, workspace: Workspace, scope: Scope, cause: str, title: str) -> Purge | None:
    """A removal that waits for a worker. None when the retention's own is open in this workspace already."""
    try:
        with transaction.atomic():
            purge = Purge.objects.create(workspace=workspace, actor=actor, cause=cause, scope=scope.to_json())
            activity.begin(
                actor=actor,
                workspace=workspace,
                kind=KIND,
                subject=purge.subject,
                title=title,
                url=purge.get_absolute_url(),
            )
    except IntegrityError:
        return None
    return purge

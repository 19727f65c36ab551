"""Use cases of compute targets."""

from typing import Any

from django.db import transaction

from compute.targets.models import ComputeTarget
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Invalid
from studio.live import topics
from studio.live.publish import publish

MOST_SLOTS = 1024


def edit_target(
    *,
    actor: User,
    workspace: Workspace,
    target: ComputeTarget,
    slots: int | None = None,
    is_paused: bool | None = None,
) -> ComputeTarget:
    """Change a target's capacity, pause or resume it. What runs there goes on; only what starts next is concerned.

    `workspace` is where the change is told. Raises Invalid for a number of slots that can't be.
    """
    if slots is not None and not 1 <= slots <= MOST_SLOTS:
        raise Invalid("bad_slots", f"A target has 1 to {MOST_SLOTS} slots.", fields={"slots": "out of range"})
    changes: dict[str, Any] = {}
    if slots is not None and slots != target.slots:
        changes["slots"] = slots
    if is_paused is not None and is_paused != target.is_paused:
        changes["is_paused"] = is_paused
    if not changes:
        return target
    with transaction.atomic():
        ComputeTarget.objects.filter(pk=target.pk).update(**changes)
        target.refresh_from_db()
        activity.record(
            actor=actor,
            workspace=workspace,
            verb=_verb(changes),
            subject=f"target:{target.pk}",
            label=target.name,
            detail=f"{target.slots} slots" if "slots" in changes else "",
        )
        publish(topics.workspace(workspace.slug), "compute")
    return target


def _verb(changes: dict[str, Any]) -> str:
    if "is_paused" not in changes:
        return "target.resized"
    return "target.paused" if changes["is_paused"] else "target.resumed"

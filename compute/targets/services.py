"""Use cases of compute targets."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from compute.targets import definitions
from compute.targets.models import ComputeTarget
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid
from studio.live import topics
from studio.live.publish import publish
from studio.secrets import vault
from studio.secrets.models import Secret

MOST_SLOTS = 1024


def create_target(
    *,
    actor: User,
    workspace: Workspace,
    name: str,
    kind: str,
    slots: int = 1,
    settings: Mapping[str, Any] | None = None,
) -> ComputeTarget:
    """A target of the workspace's own. Raises Invalid, Conflict (the name is taken) or Denied (a place nobody may call)."""
    definitions.check_name(name)
    _check_slots(slots)
    checked = definitions.check(actor=actor, kind=kind, values=settings or {})
    if ComputeTarget.objects.in_workspace(workspace).filter(name=name).exists():
        raise _name_taken(name)
    try:
        with transaction.atomic():
            target = ComputeTarget.objects.create(
                workspace=workspace, name=name, kind=kind, slots=slots, settings=checked.settings
            )
            _put_credential(actor, target, checked)
            _record(actor, workspace, target, "target.created")
    except IntegrityError:
        raise _name_taken(name) from None
    return target


def change_settings(
    *, actor: User, workspace: Workspace, target: ComputeTarget, settings: Mapping[str, Any]
) -> ComputeTarget:
    """Change what a target's backend is told; what is not named stays. Jobs that run there go on as they were started."""
    checked = definitions.check(actor=actor, kind=target.kind, values=settings, before=target.settings)
    had = target.settings.get("secret")
    with transaction.atomic():
        target.settings = checked.settings
        target.save(update_fields=["settings"])
        _put_credential(actor, target, checked)
        if had and not target.settings.get("secret"):
            _remove_secret(actor, had, f"target:{target.pk}")
        _record(actor, workspace, target, "target.edited")
    return target


def delete_target(*, actor: User, workspace: Workspace, target: ComputeTarget) -> None:
    """Forget a target that no job has ever used. Raises Conflict for others and for those the studio makes itself."""
    if target.is_shared:
        raise Conflict("target_shared", f"{target.name} is the studio's own: it can be paused, not deleted.")
    secret, subject = target.settings.get("secret"), f"target:{target.pk}"
    try:
        with transaction.atomic():
            _record(actor, workspace, target, "target.deleted")
            target.delete()
            _remove_secret(actor, secret, subject)
    except ProtectedError:
        raise Conflict(
            "target_in_use",
            f"Jobs have used {target.name}: their records name it.",
            hint="Pause it instead, so that nothing new starts there.",
        ) from None


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
    if slots is not None:
        _check_slots(slots)
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


def _check_slots(slots: int) -> None:
    if not 1 <= slots <= MOST_SLOTS:
        raise Invalid("bad_slots", f"A target has 1 to {MOST_SLOTS} slots.", fields={"slots": "out of range"})


def _name_taken(name: str) -> Conflict:
    return Conflict("target_exists", f"There is a compute target {name} already.", fields={"name": "taken"})


def _record(actor: User, workspace: Workspace, target: ComputeTarget, verb: str) -> None:
    activity.record(actor=actor, workspace=workspace, verb=verb, subject=f"target:{target.pk}", label=target.name)
    publish(topics.workspace(workspace.slug), "compute")


def _put_credential(actor: User, target: ComputeTarget, checked: definitions.Checked) -> None:
    """Seal what opens the target's place; its settings only say which secret that is."""
    if checked.credential is None or target.workspace is None:
        return
    held = f"target:{target.pk}"
    version = vault.put(
        actor=actor, workspace=target.workspace, name=held, value=json.dumps(checked.credential), held_by=held
    )
    target.settings = {**target.settings, "secret": version.secret_id}
    target.save(update_fields=["settings"])


def _remove_secret(actor: User, secret: int | None, held_by: str) -> None:
    found = Secret.objects.filter(pk=secret).first() if secret else None
    if found is not None:
        vault.remove(actor=actor, secret=found, held_by=held_by)


def _verb(changes: dict[str, Any]) -> str:
    if "is_paused" not in changes:
        return "target.resized"
    return "target.paused" if changes["is_paused"] else "target.resumed"

"""Stages of a workspace: made, changed, put in order, removed."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from registry.mlmodels import rules, stages
from registry.mlmodels.models import ModelStage, ModelVersion, StageRequest
from studio.access.models import Membership, Workspace
from studio.access.permissions import Permission, roles_with
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid

NAME = re.compile(r"[A-Za-z][\w .-]{0,38}")
MOST_STAGES = 20


def save_stage(*, actor: User, workspace: Workspace, name: str, changes: dict[str, Any]) -> ModelStage:
    """The stage of this name with these changes, made when it is new.

    `changes`: description, position, needs_approval, approvers (people's ids), metrics, checks. Raises Invalid, Conflict.
    """
    if not NAME.fullmatch(name):
        message = "The name of a stage begins with a letter and has at most 39 letters, digits, spaces, dots, - and _."
        raise Invalid("bad_stage", message, fields={"name": message})
    checked = _checked(workspace, changes)
    approvers = checked.pop("approvers", None)
    with transaction.atomic():
        _ensure_rows(workspace)
        stage = ModelStage.objects.filter(workspace=workspace, name__iexact=name).first() or _made(workspace, name)
        _refuse_rules_of_open(stage, checked, approvers)
        for field, value in checked.items():
            setattr(stage, field, value)
        stage.save()
        if approvers is not None:
            stage.approvers.set(approvers)
        _record(actor, workspace, "stage_defined", stage.name)
    return stage


def delete_stage(*, actor: User, workspace: Workspace, name: str) -> None:
    """Remove a stage where no version stands and nobody asks to go. Raises Conflict, Invalid."""
    stage = stages.named(workspace, name)
    if stage.name in stages.OPEN_TO_ALL:
        raise Conflict("stage_needed", f"The stage {stage.name} is always there.")
    standing = ModelVersion.objects.filter(model__workspace=workspace, stage=stage.name).select_related("model")
    if standing.exists():
        names = ", ".join(str(version) for version in standing[:5])
        raise Conflict("stage_in_use", f"In the stage {stage.name} there are {names}.", hint="Move them first.")
    with transaction.atomic():
        _ensure_rows(workspace)
        StageRequest.objects.filter(
            version__model__workspace=workspace, stage=stage.name, state=StageRequest.State.PENDING
        ).update(state=StageRequest.State.WITHDRAWN, answer="The stage was removed.")
        ModelStage.objects.filter(workspace=workspace, name=stage.name).delete()
        _record(actor, workspace, "stage_removed", stage.name)


def who_may_approve(*, workspace: Workspace) -> list[User]:
    """The people whose role lets them approve, by name."""
    rows = Membership.objects.filter(workspace=workspace, role__in=roles_with(Permission.MODEL_APPROVE))
    return sorted((row.user for row in rows.select_related("user")), key=str)


def _ensure_rows(workspace: Workspace) -> None:
    if not ModelStage.objects.filter(workspace=workspace).exists():
        ModelStage.objects.bulk_create(stages.of(workspace), ignore_conflicts=True)


def _made(workspace: Workspace, name: str) -> ModelStage:
    rows = ModelStage.objects.filter(workspace=workspace)
    if rows.count() >= MOST_STAGES:
        raise Conflict("too_many_stages", f"A workspace has at most {MOST_STAGES} stages.")
    # Before the last of the four, which is Archived.
    last = rows.filter(name=ModelVersion.Stage.ARCHIVED).values_list("position", flat=True).first() or 0
    rows.filter(position__gte=last).update(position=last + 1)
    try:
        with transaction.atomic():
            return ModelStage.objects.create(workspace=workspace, name=name, position=last)
    except IntegrityError:
        return ModelStage.objects.get(workspace=workspace, name=name)


def _checked(workspace: Workspace, changes: dict[str, Any]) -> dict[str, Any]:
    checked = dict(changes)
    if "metrics" in checked:
        checked["metrics"] = rules.metric_rules(checked["metrics"])
    if "checks" in checked:
        checked["checks"] = rules.check_names(checked["checks"])
    if "approvers" in checked:
        checked["approvers"] = _approvers(workspace, checked["approvers"])
    return checked


def _approvers(workspace: Workspace, ids: Sequence[int]) -> list[int]:
    may = Membership.objects.filter(workspace=workspace, role__in=roles_with(Permission.MODEL_APPROVE))
    known = set(may.filter(user__in=list(ids)).values_list("user_id", flat=True))
    missing = [str(each) for each in ids if each not in known]
    if missing:
        message = f"These people may not approve models here: {', '.join(missing[:10])}."
        raise Invalid("bad_stage", message, fields={"approvers": message})
    return sorted(known)


def _refuse_rules_of_open(stage: ModelStage, changes: dict[str, Any], approvers: list[int] | None) -> None:
    wanted = [changes.get("needs_approval"), changes.get("metrics"), changes.get("checks"), approvers]
    if stage.name in stages.OPEN_TO_ALL and any(wanted):
        raise Invalid("bad_stage", f"The stage {stage.name} asks for nothing: every version may go there.")


def _record(actor: User, workspace: Workspace, verb: str, name: str) -> None:
    activity.record(actor=actor, workspace=workspace, verb=f"model.{verb}", subject=f"stage:{name}", label=name)

"""Asking that a version goes to a stage, and the answer. Who asks never approves."""

from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.mlmodels import rules, stages
from registry.mlmodels.models import ModelStage, ModelVersion, StageRequest
from registry.mlmodels.services import stages as stages_services
from registry.mlmodels.services import telling, versions
from studio.accounts.models import User
from studio.errors import Conflict, Denied
from studio.notifications import services as notifications

State = StageRequest.State
MAX_TEXT = 4000


def request_stage(
    *, actor: User, version: ModelVersion, stage: str, comment: str = "", archive_existing: bool = False
) -> StageRequest:
    """Ask that the version moves to a stage. Raises Conflict when it is there, when somebody asks already, or when the
    stage needs nobody's word."""
    wanted = stages.named(version.model.workspace, stage)
    if version.stage == wanted.name:
        raise Conflict("stage_reached", f"{version} is in the stage {wanted.name} already.")
    if not wanted.needs_approval:
        raise Conflict(
            "approval_not_needed", f"Nobody has to approve the stage {wanted.name}.", hint="Change the stage itself."
        )
    try:
        with transaction.atomic():
            made = StageRequest.objects.create(
                version=version,
                stage=wanted.name,
                comment=comment[:MAX_TEXT],
                archive_existing=archive_existing and stages.is_active(wanted),
                requested_by=actor,
            )
            detail = f"To {wanted.name}. {comment}"[:500]
            telling.note_version(actor=actor, version=version, verb="stage_requested", detail=detail)
            _tell_approvers(made, wanted, actor)
    except IntegrityError:
        raise Conflict(
            "stage_requested", f"Somebody asks for a stage of {version} already.", hint="Decide that request first."
        ) from None
    return made


def approve(*, actor: User, request: StageRequest, answer: str = "") -> StageRequest:
    """Let the version into the stage. Raises Denied, Conflict `stage_rules` for what the stage asks and it has not."""
    wanted = _judged(actor, request)
    found = rules.findings(wanted, request.version)
    missing = rules.unmet(found)
    if missing:
        raise Conflict("stage_rules", f"{request.version} can't go to {wanted.name} yet: {missing}.")
    evidence: dict[str, object] = {"findings": [asdict(each) for each in found], "from": request.version.stage}
    with transaction.atomic():
        _decide(request, State.APPROVED, actor, answer, evidence)
        versions.move_approved(
            actor=actor, version=request.version, stage=wanted, archive_existing=request.archive_existing
        )
        _tell_requester(request, actor, "approved")
    return request


def reject(*, actor: User, request: StageRequest, answer: str = "") -> StageRequest:
    """Say no. Raises Denied, Conflict when it was decided meanwhile."""
    _judged(actor, request)
    with transaction.atomic():
        _decide(request, State.REJECTED, actor, answer, {})
        detail = f"To {request.stage}. {answer}"[:500]
        telling.note_version(actor=actor, version=request.version, verb="stage_rejected", detail=detail)
        _tell_requester(request, actor, "rejected")
    return request


def withdraw(*, actor: User, request: StageRequest) -> StageRequest:
    """Take one's own wish back."""
    if request.requested_by_id != actor.pk:
        raise Denied("permission_denied", "Only who asked can take a request back.", hint="Reject it instead.")
    with transaction.atomic():
        _decide(request, State.WITHDRAWN, actor, "", {})
        telling.hint(request.version.model)
    return request


def may_approve(*, actor: User, stage: ModelStage, request: StageRequest) -> bool:
    """Whether this person's word counts, given that the role allows `model:approve`."""
    if request.requested_by_id == actor.pk:
        return False
    named = [person.pk for person in stage.approvers.all()] if stage.pk else []
    return not named or actor.pk in named


def _judged(actor: User, request: StageRequest) -> ModelStage:
    stage = stages.named(request.version.model.workspace, request.stage)
    if request.requested_by_id == actor.pk:
        raise Denied("own_request", "Who asks for a stage can't approve it.", hint="Ask somebody else who may approve.")
    if not may_approve(actor=actor, stage=stage, request=request):
        names = ", ".join(str(person) for person in stage.approvers.all())
        raise Denied("permission_denied", f"The stage {stage.name} is approved by {names}.")
    return stage


def _decide(request: StageRequest, state: str, actor: User, answer: str, evidence: dict[str, object]) -> None:
    now = timezone.now()
    changed = StageRequest.objects.filter(pk=request.pk, state=State.PENDING).update(
        state=state, decided_by=actor, decided_at=now, answer=answer[:MAX_TEXT], evidence=evidence
    )
    if not changed:
        request.refresh_from_db(fields=["state"])
        raise Conflict("stage_decided", f"The request was {request.state} meanwhile.")
    request.state, request.decided_by, request.decided_at = state, actor, now
    request.answer, request.evidence = answer[:MAX_TEXT], evidence


def _tell_approvers(request: StageRequest, stage: ModelStage, actor: User) -> None:
    workspace = request.version.model.workspace
    text = f"{actor} asks that {request.version} moves to {stage.name}."
    named = list(stage.approvers.all()) if stage.pk else []
    for person in named or stages_services.who_may_approve(workspace=workspace):
        if person.pk != actor.pk:
            notifications.notify(
                user=person, workspace=workspace, matter=f"stage_request:{request.pk}", text=text,
                url=request.version.get_absolute_url(),
            )  # fmt: skip


def _tell_requester(request: StageRequest, actor: User, word: str) -> None:
    if request.requested_by is None:
        return
    notifications.notify(
        user=request.requested_by,
        workspace=request.version.model.workspace,
        matter=f"stage_request:{request.pk}:{word}",
        text=f"{actor} {word} that {request.version} moves to {request.stage}.",
        url=request.version.get_absolute_url(),
        level="success" if word == "approved" else "warning",
    )

"""What the page of a version shows about its review: facts, checks, the way to a stage, the card, who uses it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from registry.mlmodels import evidence, queries, rules, stages, uses
from registry.mlmodels.facts.engine import LARGEST_TEXT
from registry.mlmodels.models import ModelCheck, ModelStage, ModelVersion, StageRequest
from registry.mlmodels.rules import Finding
from registry.mlmodels.services import approvals
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.storage import blobs
from studio.web import formats, markdown

README = "README.md"
MOST_METRICS = 12
MOST_CLASSES = 12


@dataclass(frozen=True, slots=True)
class Gate:
    """A stage the version is not in: what it asks, and how the version stands to it."""

    stage: ModelStage
    findings: list[Finding]

    @property
    def is_open(self) -> bool:
        return all(each.is_met for each in self.findings)


@dataclass(frozen=True, slots=True)
class Asked:
    """The open request of a version, as this person sees it."""

    request: StageRequest
    findings: list[Finding]
    may_decide: bool
    why_not: str
    may_withdraw: bool

    @property
    def is_ready(self) -> bool:
        return all(each.is_met for each in self.findings)


@dataclass(frozen=True, slots=True)
class Review:
    gates: list[Gate]  # those stages that ask for something
    asked: Asked | None
    history: list[StageRequest]  # decided ones
    checks: list[ModelCheck]
    metrics: list[tuple[str, str]]
    metrics_left: int
    card: SafeString
    card_source: str  # "", "card" or "README.md"
    used_by: list[str]
    facts: dict[str, Any]
    classes_left: int


def review_of(request: HttpRequest, version: ModelVersion) -> Review:
    """Everything but the files, with two questions to the runs' metrics at most."""
    found = sorted(evidence.metrics_of([version])[version.pk].items())
    metrics = [(name, value) for name, value in found if not name.startswith(evidence.SYSTEM)]
    requests = queries.stage_requests(version, limit=10)
    waiting = next((row for row in requests if row.state == StageRequest.State.PENDING), None)
    card, source = _card(version)
    facts = dict(version.facts)
    classes = facts.get("classes", [])
    facts["classes"] = classes[:MOST_CLASSES]
    return Review(
        gates=[
            Gate(stage, rules.findings(stage, version))
            for stage in stages.of(version.model.workspace)
            if stages.has_rules(stage) and stage.name != version.stage
        ],
        asked=_asked(request, waiting) if waiting else None,
        history=[row for row in requests if row.state != StageRequest.State.PENDING],
        checks=queries.checks_of(version),
        metrics=[(name, formats.number(value)) for name, value in metrics[:MOST_METRICS]],
        metrics_left=max(len(metrics) - MOST_METRICS, 0),
        card=card,
        card_source=source,
        used_by=uses.of([version]),
        facts=facts,
        classes_left=max(len(classes) - MOST_CLASSES, 0),
    )


def _asked(request: HttpRequest, row: StageRequest) -> Asked:
    workspace = row.version.model.workspace
    stage = stages.named(workspace, row.stage)
    is_own = row.requested_by_id == request.user.pk
    may = access.allows(request, Permission.MODEL_APPROVE, workspace)
    why = ""
    if may and is_own:
        why = "You asked for it, so somebody else decides."
    elif may and not approvals.may_approve(actor=request.user, stage=stage, request=row):  # type: ignore[arg-type]
        why = f"Approved by {', '.join(str(person) for person in stage.approvers.all())}."
        may = False
    return Asked(row, rules.findings(stage, row.version), may and not is_own, why, is_own)


def _card(version: ModelVersion) -> tuple[SafeString, str]:
    """The model card as HTML, and where it is written."""
    if version.card.strip():
        return markdown.to_html(version.card), "card"
    try:
        file = queries.file_at(version, README)
    except StudioError:
        return SafeString(""), ""
    if file.size > LARGEST_TEXT:
        return SafeString(""), ""
    text = b"".join(blobs.read_range(file.blob)).decode("utf-8", "replace")
    return markdown.to_html(text), README

"""What people, judges and programs say of a trace."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from runs.traces.models import MAX_KEY, Assessment, AssessmentKind, Trace
from runs.traces.services import words
from studio.accounts.models import User
from studio.errors import Invalid, NotFound
from studio.live import topics
from studio.live.publish import publish

MAX_ASSESSMENTS = 1_000
MAX_JSON = 64 * 1024
MAX_RATIONALE = 20_000
HUMAN, LLM_JUDGE, CODE = "HUMAN", "LLM_JUDGE", "CODE"
_YES_NO = {"yes": 1.0, "no": 0.0}


@dataclass(frozen=True, slots=True)
class Verdict:
    """An assessment as somebody gives it."""

    name: str
    kind: str
    value: Any
    source_type: str
    source_id: str = ""
    rationale: str | None = None
    error: Mapping[str, Any] | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    span_id: str = ""
    overrides: str = ""
    assessment_id: str = ""
    created_ms: int | None = None
    updated_ms: int | None = None
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to change of an assessment; None stays."""

    name: str | None = None
    kind: str | None = None  # of the value, which must be the assessment's own
    value: Any = None
    error: Mapping[str, Any] | None = None
    rationale: str | None = None
    metadata: Mapping[str, str] | None = None


@transaction.atomic
def assess(*, actor: User | None, trace: Trace, verdict: Verdict) -> Assessment:
    """Add an assessment. One that overrides another makes that one invalid."""
    if trace.assessments.count() >= MAX_ASSESSMENTS:
        raise Invalid("too_many_assessments", f"A trace takes at most {MAX_ASSESSMENTS:,} assessments.")
    if verdict.overrides:
        overridden = trace.assessments.filter(assessment_id=verdict.overrides).update(is_valid=False)
        if not overridden:
            raise _missing(verdict.overrides, trace)
    row = _row(actor, trace, verdict)
    if trace.assessments.filter(assessment_id=row.assessment_id).exists():
        raise Invalid("assessment_exists", f"The trace has an assessment {row.assessment_id} already.")
    row.save(force_insert=True)
    _hint(trace)
    return row


def keep(*, actor: User | None, trace: Trace, verdict: Verdict) -> None:
    """Store an assessment that came with its trace; the same one again changes nothing."""
    Assessment.objects.bulk_create([_row(actor, trace, verdict)], ignore_conflicts=True)


@transaction.atomic
def correct(*, actor: User | None, assessment: Assessment, correction: Correction) -> Assessment:
    """Change an assessment's name, value, rationale or metadata (merged). Its source and its span stay."""
    if correction.kind is not None and correction.kind != assessment.kind:
        message = f"Cannot update {correction.kind} value on {_article(assessment.kind)} assessment."
        raise Invalid("bad_assessment", message)
    changes: dict[str, Any] = {"updated_ms": now_ms()}
    if correction.name is not None:
        changes["name"] = _name(correction.name)
    if correction.kind is not None:
        changes |= {"value": _json(correction.value), "number": _number(correction.value), "error": correction.error}
    if correction.rationale is not None:
        changes["rationale"] = _rationale(correction.rationale)
    if correction.metadata is not None:
        changes["metadata"] = {**assessment.metadata, **_metadata(correction.metadata)}
    Assessment.objects.filter(pk=assessment.pk).update(**changes)
    for name, value in changes.items():
        setattr(assessment, name, value)
    _hint(assessment.trace)
    return assessment


@transaction.atomic
def remove(*, actor: User | None, trace: Trace, assessment_id: str) -> bool:
    """Take an assessment away; the one it overrode is valid again. False when there was none."""
    found = trace.assessments.filter(assessment_id=assessment_id).first()
    if found is None:
        return False
    if found.overrides:
        trace.assessments.filter(assessment_id=found.overrides).update(is_valid=True)
    found.delete()
    _hint(trace)
    return True


def one(trace: Trace, assessment_id: str) -> Assessment:
    """The trace's assessment of this id. Raises NotFound."""
    found = trace.assessments.filter(assessment_id=assessment_id).first()
    if found is None:
        raise _missing(assessment_id, trace)
    found.trace = trace
    return found


def now_ms() -> int:
    return int(time.time() * 1000)


def _row(actor: User | None, trace: Trace, verdict: Verdict) -> Assessment:
    if verdict.kind not in AssessmentKind.values:
        raise Invalid("bad_assessment", "An assessment is feedback, an expectation or an issue.")
    moment = now_ms()
    return Assessment(
        trace=trace,
        assessment_id=words.one_line(verdict.assessment_id)[:50] or f"a-{secrets.token_hex(16)}",
        name=_name(verdict.name),
        kind=verdict.kind,
        value=_json(verdict.value),
        number=_number(verdict.value),
        error=_error(verdict.error),
        source_type=words.one_line(verdict.source_type)[:50] or CODE,
        source_id=words.one_line(verdict.source_id),
        rationale=None if verdict.rationale is None else _rationale(verdict.rationale),
        metadata=_metadata(verdict.metadata),
        span_id=words.one_line(verdict.span_id)[:50],
        overrides=words.one_line(verdict.overrides)[:50],
        is_valid=verdict.is_valid,
        created_ms=moment if verdict.created_ms is None else verdict.created_ms,
        updated_ms=moment if verdict.updated_ms is None else verdict.updated_ms,
        created_by=actor,
    )


def _name(value: str) -> str:
    name = words.one_line(value).strip()
    if not name or len(value) > MAX_KEY:
        raise Invalid(
            "bad_assessment", f"An assessment's name has 1 to {MAX_KEY} characters.", fields={"name": "Not a name."}
        )
    return name


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > MAX_JSON:
        raise Invalid("bad_assessment", f"An assessment's value has at most {MAX_JSON // 1024} KiB as JSON.")
    return text.replace("\\u0000", "")


def _number(value: Any) -> float | None:
    """The value as a number to compare and average: yes and true are 1, no and false are 0."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        return _YES_NO.get(value.strip().lower())
    return words.finite(value)


def _error(value: Mapping[str, Any] | None) -> dict[str, str] | None:
    if not value:
        return None
    return {words.one_line(key): words.text(told) for key, told in list(value.items())[:10] if told}


def _metadata(value: Mapping[str, str]) -> dict[str, str]:
    if len(value) > words.MAX_ENTRIES:
        raise Invalid("bad_assessment", f"An assessment takes at most {words.MAX_ENTRIES} entries of metadata.")
    return words.clean(value)


def _rationale(value: str) -> str:
    return value.replace("\x00", "")[:MAX_RATIONALE]


def _article(kind: str) -> str:
    return f"a {kind.title()}" if kind == AssessmentKind.FEEDBACK else f"an {kind.title()}"


def _missing(assessment_id: str, trace: Trace) -> NotFound:
    return NotFound(
        "assessment_not_found",
        f"Assessment with ID '{assessment_id[:60]}' not found for trace '{trace.trace_id}'.",
        hint="It may have been deleted.",
    )


def _hint(trace: Trace) -> None:
    publish(topics.workspace(trace.workspace.slug), "traces")

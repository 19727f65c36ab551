"""Stages, requests for them and checks as JSON, and the shapes of bodies about them."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from registry.mlmodels import stages
from registry.mlmodels.models import ModelCheck, ModelStage, StageRequest
from registry.mlmodels.rules import Finding
from studio.api.fields import StrictBoolean, StrictSerializer, Text


class MetricRule(StrictSerializer):
    metric = Text(max_length=250)
    op = Text(max_length=2)
    value = serializers.FloatField()


class SaveStage(StrictSerializer):
    """What is given changes; an empty list takes the rules away."""

    description = Text(max_length=500, required=False, allow_blank=True)
    position = serializers.IntegerField(required=False, min_value=0, max_value=1000)
    needs_approval = StrictBoolean(required=False)
    approvers = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=50)
    metrics = MetricRule(many=True, required=False)
    checks = serializers.ListField(child=Text(max_length=100), required=False, max_length=20)


class AskForStage(StrictSerializer):
    stage = Text(max_length=40)
    comment = Text(max_length=4000, required=False, allow_blank=True, default="")
    archive_existing = StrictBoolean(required=False, default=False)


class Decision(StrictSerializer):
    """`approved`, `rejected`, or `withdrawn` by who asked."""

    state = serializers.ChoiceField(choices=["approved", "rejected", "withdrawn"])
    answer = Text(max_length=4000, required=False, allow_blank=True, default="")


class ModelCheckBody(StrictSerializer):
    passed = StrictBoolean()
    detail = Text(max_length=1000, required=False, allow_blank=True, default="")
    url = Text(max_length=500, required=False, allow_blank=True, default="")


class StagePerson(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class StageAnswer(serializers.Serializer):
    name = serializers.CharField()
    position = serializers.IntegerField()
    description = serializers.CharField()
    is_active = serializers.BooleanField()
    needs_approval = serializers.BooleanField()
    approvers = StagePerson(many=True)
    metrics = MetricRule(many=True)
    checks = serializers.ListField(child=serializers.CharField())


class StageList(serializers.Serializer):
    results = StageAnswer(many=True)


class FindingAnswer(serializers.Serializer):
    rule = serializers.CharField()
    is_met = serializers.BooleanField()
    stands = serializers.CharField()


class StageRequestAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    model = serializers.CharField()
    version = serializers.IntegerField()
    stage = serializers.CharField()
    state = serializers.CharField()
    comment = serializers.CharField()
    answer = serializers.CharField()
    requested_by = StagePerson(allow_null=True)
    decided_by = StagePerson(allow_null=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    findings = FindingAnswer(many=True)
    url = serializers.CharField()


class StageRequestList(serializers.Serializer):
    results = StageRequestAnswer(many=True)


class ModelCheckAnswer(serializers.Serializer):
    name = serializers.CharField()
    passed = serializers.BooleanField()
    detail = serializers.CharField()
    url = serializers.CharField()
    created_by = StagePerson(allow_null=True)
    created_at = serializers.DateTimeField()


class ModelCheckList(serializers.Serializer):
    results = ModelCheckAnswer(many=True)


class UsesAnswer(serializers.Serializer):
    results = serializers.ListField(child=serializers.CharField())


def stage(row: ModelStage) -> dict[str, Any]:
    return {
        "name": row.name,
        "position": row.position,
        "description": row.description,
        "is_active": stages.is_active(row),
        "needs_approval": row.needs_approval,
        "approvers": [_person(user) for user in row.approvers.all()] if row.pk else [],
        "metrics": row.metrics,
        "checks": row.checks,
    }


def stage_request(row: StageRequest, findings: list[Finding]) -> dict[str, Any]:
    """A request, with how the version stands now or, once it was decided, as it stood then."""
    shown = [{"rule": each.rule, "is_met": each.is_met, "stands": each.stands} for each in findings]
    return {
        "id": row.pk,
        "model": row.version.model.name,
        "version": row.version.number,
        "stage": row.stage,
        "state": row.state,
        "comment": row.comment,
        "answer": row.answer,
        "requested_by": _person(row.requested_by),
        "decided_by": _person(row.decided_by),
        "created_at": row.created_at,
        "decided_at": row.decided_at,
        "findings": row.evidence.get("findings", shown),
        "url": settings.BASE_URL + row.version.get_absolute_url(),
    }


def check(row: ModelCheck) -> dict[str, Any]:
    return {
        "name": row.name,
        "passed": row.passed,
        "detail": row.detail,
        "url": row.url,
        "created_by": _person(row.created_by),
        "created_at": row.created_at,
    }


def _person(user: Any) -> dict[str, Any] | None:
    return None if user is None else {"id": user.pk, "name": user.name}

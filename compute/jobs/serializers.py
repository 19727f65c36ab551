"""Shapes of what runners and attached scripts report."""

from rest_framework import serializers

from compute.jobs.models import Reason
from compute.jobs.services import REPORTED_STATES
from studio.api.fields import Int64, StrictSerializer, Text

PID_MAX = 2**31 - 1
YEAR_SECONDS = 366 * 24 * 3600


class Attempt(Int64):
    def __init__(self, **options: object) -> None:
        super().__init__(min_value=0, max_value=2**31 - 1, **options)


class HeartbeatSerializer(StrictSerializer):
    attempt = Attempt()
    pid = Int64(min_value=0, max_value=PID_MAX, required=False, allow_null=True)
    pgid = Int64(min_value=0, max_value=PID_MAX, required=False, allow_null=True)
    host = Text(max_length=255, required=False, allow_blank=True)


class StateSerializer(StrictSerializer):
    attempt = Attempt()
    state = serializers.ChoiceField(choices=sorted(REPORTED_STATES))
    detail = Text(max_length=1000, required=False, allow_blank=True, default="")
    age_seconds = serializers.FloatField(min_value=0, max_value=YEAR_SECONDS, required=False, default=0.0)


class FinishSerializer(StrictSerializer):
    attempt = Attempt()
    exit_code = Int64(min_value=-(2**31), max_value=2**31 - 1, required=False, allow_null=True, default=None)
    signal = Text(max_length=20, required=False, allow_blank=True, default="")
    reason = serializers.ChoiceField(choices=Reason.values, required=False, allow_blank=True, default="")
    message = Text(max_length=20_000, required=False, allow_blank=True, default="")


class SecretValueAnswer(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.CharField()

"""Shapes of what may be changed about a target."""

from rest_framework import serializers

from compute.targets.services import MOST_SLOTS
from studio.api.fields import Int64, StrictBoolean, StrictSerializer, Text


class NewTarget(StrictSerializer):
    name = Text(max_length=60)
    kind = Text(max_length=40)
    slots = Int64(min_value=1, max_value=MOST_SLOTS, default=1)
    settings = serializers.DictField(required=False, default=dict)


class EditTarget(StrictSerializer):
    slots = Int64(min_value=1, max_value=MOST_SLOTS, required=False)
    is_paused = StrictBoolean(required=False)
    settings = serializers.DictField(required=False)

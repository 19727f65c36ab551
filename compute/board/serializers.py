"""Shapes of what may be changed about a target."""

from compute.targets.services import MOST_SLOTS
from studio.api.fields import Int64, StrictBoolean, StrictSerializer


class EditTarget(StrictSerializer):
    slots = Int64(min_value=1, max_value=MOST_SLOTS, required=False)
    is_paused = StrictBoolean(required=False)

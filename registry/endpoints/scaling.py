"""How many instances there shall be: by hand, or by a rule that follows what is asked."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.conf import settings

from registry.endpoints.names import bad

DEFAULT, BY_CONCURRENCY = "default", "target_concurrency"
IDLE_SECONDS = 300
_KNOWN = frozenset(
    {
        "type", "target_concurrency", "target", "min_instances", "min", "max_instances", "max", "idle_seconds",
        "target_utilization_percentage", "polling_interval",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """`default`: as many as somebody said. `target_concurrency`: so many that each has about `target` requests at a time."""

    type: str = DEFAULT
    target: float = 1.0
    min: int = 1
    max: int = 1
    idle_seconds: int = IDLE_SECONDS  # how long less must have been asked before instances go

    @property
    def is_automatic(self) -> bool:
        return self.type == BY_CONCURRENCY

    def to_json(self) -> dict[str, Any]:
        return asdict(self) if self.is_automatic else {"type": DEFAULT}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(**value) if value else cls()

    def wanted(self, concurrency: float) -> int:
        """How many instances so many requests at a time need."""
        return min(self.max, max(self.min, math.ceil(concurrency / self.target)))


def rule(given: Any, *, concurrent: int = 1) -> Rule:
    """The rule of `scale_settings`. `concurrent`: what one instance takes, for Azure's rule by utilization. Raises Invalid."""
    if given is None:
        return Rule()
    if not isinstance(given, Mapping):
        raise bad("scale_settings", "scale_settings is a mapping with a type.")
    for key in given:
        if key not in _KNOWN:
            raise bad("scale_settings", f"scale_settings knows no {str(key)[:60]!r}.")
    kind = str(given.get("type", DEFAULT)).lower()
    if kind == DEFAULT:
        return Rule()
    if kind == "target_utilization":
        target = concurrent * _number(given, ("target_utilization_percentage",), 70, 1, 100) / 100
    elif kind == BY_CONCURRENCY:
        target = _number(given, ("target_concurrency", "target"), 1, 0.01, 10_000)
    else:
        raise bad(
            "scale_settings", f"There is no rule of the type {kind[:40]!r}.", hint="Give default or target_concurrency."
        )
    most = settings.ENDPOINT_MAX_INSTANCES
    low = int(_number(given, ("min_instances", "min"), 1, 0, most))
    high = int(_number(given, ("max_instances", "max"), max(1, low), 1, most))
    if low > high:
        raise bad("scale_settings", f"min_instances is {low}, more than max_instances, which is {high}.")
    idle = int(_number(given, ("idle_seconds",), IDLE_SECONDS, 10, 86_400))
    return Rule(BY_CONCURRENCY, target, low, high, idle)


def count(given: Any) -> int:
    """A number of instances somebody asked for. Raises Invalid."""
    most = settings.ENDPOINT_MAX_INSTANCES
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= most:
        raise bad("instance_count", f"instance_count is a whole number from 1 to {most}.")
    return given


def _number(given: Mapping[str, Any], names: tuple[str, ...], default: float, low: float, high: float) -> float:
    value = next((given[name] for name in names if given.get(name) is not None), default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise bad("scale_settings", f"{names[0]} is a number from {low:g} to {high:g}.")
    return value

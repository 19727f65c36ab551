"""Who uses a version of a component. Pipelines stand above components: they register what they know."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runs.components.models import ComponentVersion


@dataclass(frozen=True, slots=True)
class Use:
    """A thing that names a version: shown on its page. One that `holds` it keeps it from being deleted."""

    label: str
    url: str
    kind: str  # "pipeline", "run"
    holds: bool = False


Asked = Callable[[Sequence[ComponentVersion]], list[Use]]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    _asked.append(asked)


def of(versions: Sequence[ComponentVersion]) -> list[Use]:
    """What names these versions, what holds them first."""
    found = [use for asked in _asked for use in asked(versions)]
    return sorted(found, key=lambda use: not use.holds)

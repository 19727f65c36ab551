"""Who uses a version: a version in use can't be deleted. Features above the registry register what they know."""

from collections.abc import Callable, Sequence

from registry.mlmodels.models import ModelVersion

# The versions → one sentence for each use, such as "The endpoint digits serves version 3."
Asked = Callable[[Sequence[ModelVersion]], list[str]]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    _asked.append(asked)


def of(versions: Sequence[ModelVersion]) -> list[str]:
    """Why these versions can't go; empty when nothing holds them."""
    return [sentence for asked in _asked for sentence in asked(versions)]

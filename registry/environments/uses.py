"""Who uses a version: a version in use can't be deleted. Features above register what they know."""

from collections.abc import Callable, Sequence

from registry.environments.models import EnvironmentVersion

# The versions → one sentence for each use, such as "The image digits:3 is built with train:2."
Asked = Callable[[Sequence[EnvironmentVersion]], list[str]]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    if asked not in _asked:
        _asked.append(asked)


def of(versions: Sequence[EnvironmentVersion]) -> list[str]:
    """Why these versions can't go; empty when nothing holds them."""
    return [sentence for asked in _asked for sentence in asked(versions)]

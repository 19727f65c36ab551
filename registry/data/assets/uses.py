"""Who uses a version: a version in use can't be deleted. Features above register what they know."""

from collections.abc import Callable, Sequence

from registry.data.assets.models import DataVersion

# The versions → one sentence for each use, such as "The run brisk-otter-7 read cars:3."
Asked = Callable[[Sequence[DataVersion]], list[str]]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    _asked.append(asked)


def of(versions: Sequence[DataVersion]) -> list[str]:
    """Why these versions can't go; empty when nothing holds them."""
    return [sentence for asked in _asked for sentence in asked(versions)]

"""What stands on files of a datastore: a file in use is neither removed nor replaced. Features above register what they know."""

from collections.abc import Callable

from registry.data.datastores.models import Datastore

# The datastore and a path → one sentence for each use, such as "Version 3 of cars lies there."
Asked = Callable[[Datastore, str], list[str]]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    _asked.append(asked)


def of(datastore: Datastore, path: str) -> list[str]:
    """Why the file can't go; empty when nothing holds it."""
    return [sentence for asked in _asked for sentence in asked(datastore, path)]

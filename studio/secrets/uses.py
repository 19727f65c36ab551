"""Who needs a secret: one that is needed is not deleted. Features register what they know."""

from collections.abc import Callable

from studio.secrets.models import Secret

# The secret → each thing that needs it, in words: "the datastore lake", "the run brave-fox, which is queued".
Asked = Callable[[Secret], list[str]]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    _asked.append(asked)


def of(secret: Secret) -> list[str]:
    """What needs this secret; empty when nothing does."""
    return [words for asked in _asked for words in asked(secret)]

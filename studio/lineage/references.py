"""What people call the things of the lineage: each feature says how its own are found by name."""

from collections.abc import Callable
from dataclasses import dataclass

from studio.access.models import Workspace
from studio.errors import Invalid
from studio.lineage.things import Thing

Finder = Callable[[Workspace, str], str]


@dataclass(frozen=True, slots=True)
class _Known:
    kind: str
    find: Finder


_known: dict[str, _Known] = {}


def register(word: str, kind: str, find: Finder) -> None:
    """`find(workspace, name)` answers the id of what people call by this word, or raises NotFound."""
    _known[word] = _Known(kind, find)


def words() -> list[str]:
    """The words there are: data, deployment, endpoint, …"""
    return sorted(_known)


def word_of(kind: str) -> str:
    """What people call a kind: `model` for `model_version`."""
    return next((word for word, known in _known.items() if known.kind == kind), kind)


def find(workspace: Workspace, word: str, name: str) -> Thing:
    """The thing that is called so: `find(workspace, "model", "digits:3")`. Raises Invalid and NotFound."""
    known = _known.get(word)
    if known is None:
        message = f"There is no lineage of {word[:40]!r}."
        raise Invalid("bad_lineage", message, hint=f"One of {', '.join(words())}.", fields={"kind": message})
    return Thing(known.kind, known.find(workspace, name.strip()))


def split(name: str, otherwise: str = "latest") -> tuple[str, str]:
    """`digits:3`, `digits@champion` or `digits` as name and version."""
    head, _, version = name.replace("@", ":", 1).partition(":")
    return head, version or otherwise

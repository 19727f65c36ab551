"""How things of the lineage are called and where they are shown: each feature says it for its own kind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from studio.access.models import Workspace
from studio.lineage.things import Thing


@dataclass(frozen=True, slots=True)
class Label:
    """A thing in words, with the page it is shown on ("" when it is gone)."""

    kind: str  # in words: "run", "model version"
    text: str
    url: str


Labeller = Callable[[Workspace, list[str]], dict[str, Label]]
_labellers: dict[str, Labeller] = {}


def register(kind: str, labeller: Labeller) -> None:
    """`labeller(workspace, ids)` names the things of this kind that are still there."""
    _labellers[kind] = labeller


def labels(workspace: Workspace, things: Iterable[Thing]) -> dict[Thing, Label]:
    """A label for every thing, asked once for each kind; one that is gone is called by its id."""
    asked = list(dict.fromkeys(things))
    found: dict[Thing, Label] = {}
    for kind in {thing.kind for thing in asked}:
        ids = [thing.id for thing in asked if thing.kind == kind]
        known = _labellers[kind](workspace, ids) if kind in _labellers else {}
        words = kind.replace("_", " ")
        found.update({Thing(kind, each): known.get(each, Label(words, each, "")) for each in ids})
    return found

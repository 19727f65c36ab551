"""What a deployer is: it starts instances of a revision somewhere and finds them again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Protocol

from registry.endpoints.models import DeploymentRevision, Instance

Ref = dict[str, Any]  # JSON: whatever finds the instance again after a restart of everything


class DeployerUnavailable(Exception):
    """The place can't be asked right now; the caller tries again later. Its text is one sentence."""


class NotPrepared(Exception):
    """The revision can't be made ready to start. Its text is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """How far the preparation of a revision is. `facts` are kept with the revision: `start` reads them."""

    is_ready: bool
    facts: dict[str, Any] = field(default_factory=dict)
    message: str = ""  # what goes on: "The environment is being made."


@dataclass(frozen=True, slots=True)
class Look:
    """What was found of an instance. `problem` says why it ended, with the place in the scoring script where there is one."""

    alive: bool
    address: str = ""  # host:port, empty until it listens
    problem: str = ""
    exit: int | None = None


class Deployer(Protocol):
    """Runs instances somewhere. Keeps nothing in memory: the JSON ref of an instance finds it again.

    Every method may raise DeployerUnavailable.
    """

    label: ClassVar[str]

    def why_not_ready(self) -> str:
        """One sentence about what is away, or nothing. Must be quick: it is asked before every step."""

    def prepare(self, revision: DeploymentRevision) -> Prepared:
        """Take the next step towards what instances are started from; asked again until it is ready.

        Raises NotPrepared when it can never be.
        """

    def start(self, instance: Instance) -> Ref:
        """Start the instance, its revision at hand. A second start of the same one finds the first."""

    def look(self, ref: Ref) -> Look:
        """Whether the instance lives, and where it listens."""

    def stop(self, ref: Ref, *, grace: timedelta) -> None:
        """End the instance: politely, then after `grace` by force. Nothing of it is left running."""

    def log(self, ref: Ref, *, lines: int) -> str:
        """The last lines of what it said."""

    def left(self) -> list[Ref]:
        """What runs here and belongs to no instance that lives by the records."""

    def forget(self, revision: DeploymentRevision) -> None:
        """Remove what `prepare` made for a revision that is not run any more."""


def told(said: Mapping[str, Any]) -> str:
    """A problem as the runtime writes it down, as a sentence that begins with the place."""
    place, line = str(said.get("file") or ""), said.get("line")
    where = f"{place} line {line}: " if place and line else f"{place}: " if place else ""
    return f"{where}{said.get('problem') or ''}"[:2_000]

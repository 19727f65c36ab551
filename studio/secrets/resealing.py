"""Texts that were sealed with the secret key, moved under the keys of their workspaces.

Who keeps sealed texts registers a function that moves its own when the app starts.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were sealed anew, how many were already, and the names of those no known key opens."""

    moved: int
    current: int
    unreadable: tuple[str, ...]


Keeper = Callable[[], Outcome]
_keepers: dict[str, Keeper] = {}


def register(what: str, keeper: Keeper) -> None:
    """Let `keeper()` move its sealed texts; `what` names them in the report. It may be called any number of times."""
    _keepers[what] = keeper


def reseal_all() -> dict[str, Outcome]:
    return {what: keeper() for what, keeper in sorted(_keepers.items())}

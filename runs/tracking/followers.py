"""Who wants to know that a run below another one has ended. Parts above tracking register themselves."""

from collections.abc import Callable, Sequence

from runs.tracking.data.models import RunOutput
from runs.tracking.models import Run

Follower = Callable[[Run, Sequence[RunOutput]], None]
_FOLLOWERS: list[Follower] = []


def register(follower: Follower) -> None:
    """Call `follower(run, outputs)` whenever a run with a parent has ended, inside the transaction of its end."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def tell(run: Run, outputs: Sequence[RunOutput]) -> None:
    """A run with a parent has ended; `outputs` are those that were settled by it."""
    for follower in _FOLLOWERS:
        follower(run, outputs)

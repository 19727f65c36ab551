"""Who wants to know that a run below another one has ended. Parts above tracking register themselves."""

from collections.abc import Callable

from runs.tracking.models import Run

Follower = Callable[[Run], None]
_FOLLOWERS: list[Follower] = []


def register(follower: Follower) -> None:
    """Call `follower(run)` whenever a run with a parent has ended, inside the transaction of its end."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def tell(run: Run) -> None:
    """A run with a parent has ended."""
    for follower in _FOLLOWERS:
        follower(run)

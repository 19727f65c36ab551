"""The life of a build: queued → building → ready | failed | canceled, and back to queued by a retry."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from registry.environments.models import EnvironmentBuild
from studio.errors import Conflict

State = EnvironmentBuild.State
MOVES: dict[str, frozenset[str]] = {
    State.QUEUED: frozenset({State.BUILDING, State.READY, State.FAILED, State.CANCELED}),
    # Back to the queue: the job's runner never started.
    State.BUILDING: frozenset({State.QUEUED, State.READY, State.FAILED, State.CANCELED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELED: frozenset({State.QUEUED}),
    # What was built and is no longer there is built again.
    State.READY: frozenset({State.QUEUED}),
}


def move(build: EnvironmentBuild, *, to: str, only_from: Collection[str] = (), **facts: Any) -> EnvironmentBuild:
    """The build in another state, with these facts: one conditional update.

    Raises Conflict when it has moved on meanwhile, when it is not in `only_from`, or when another job makes it by now.
    """
    allowed = [state for state, targets in MOVES.items() if to in targets and (not only_from or state in only_from)]
    ended_at = timezone.now() if to in EnvironmentBuild.FINAL else None
    rows = EnvironmentBuild.objects.filter(pk=build.pk, state__in=allowed, attempt=build.attempt)
    if not rows.update(**{"state": to, "ended_at": ended_at, **facts}):
        raise Conflict("environment_build_state", "The build has moved on meanwhile.", hint="Load it again.")
    build.refresh_from_db()
    return build

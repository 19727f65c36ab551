"""The life of an image's version: queued → building → ready | failed | canceled, and back to queued by a retry, or
from ready when the image has gone."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from registry.images.models import ImageVersion
from studio.errors import Conflict

State = ImageVersion.State
MOVES: dict[str, frozenset[str]] = {
    # Back to the queue: the job's runner never started.
    State.QUEUED: frozenset({State.BUILDING, State.FAILED, State.CANCELED}),
    State.BUILDING: frozenset({State.QUEUED, State.READY, State.FAILED, State.CANCELED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELED: frozenset({State.QUEUED}),
    # What was built and is no longer there is built again.
    State.READY: frozenset({State.QUEUED}),
}


def move(
    version: ImageVersion, *, to: str, only_from: Collection[str] = (), attempt: int | None = None, **facts: Any
) -> ImageVersion:
    """The version in another state, with these facts: one conditional update.

    Raises Conflict when it has moved on meanwhile, or is not in `only_from`, or when another attempt counts by now.
    """
    allowed = [state for state, targets in MOVES.items() if to in targets and (not only_from or state in only_from)]
    rows = ImageVersion.objects.filter(pk=version.pk, state__in=allowed)
    if attempt is not None:
        rows = rows.filter(attempt=attempt)
    ended_at = timezone.now() if to in ImageVersion.FINAL else None
    if not rows.update(**{"state": to, "ended_at": ended_at, **facts}):
        raise Conflict("image_state", f"{version} has moved on meanwhile.", hint="Load it again.")
    version.refresh_from_db()
    return version

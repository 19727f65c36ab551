"""What is said when a draft is saved over a newer one."""

from datetime import datetime

from studio.errors import StudioError


class DraftChanged(StudioError):
    """Somebody else saved the draft meanwhile: `stamp`, `by` and `at` tell what it stands at now."""

    status = 412

    def __init__(self, *, stamp: int, by: str, at: datetime) -> None:
        who = by or "Somebody"
        super().__init__(
            "draft_changed",
            f"{who} saved this pipeline at {at:%H:%M:%S} UTC, after it was read here. Nothing was overwritten.",
            hint="Load the draft as it is now, or keep yours as a copy.",
        )
        self.extensions = {"stamp": stamp, "by": by, "at": at}

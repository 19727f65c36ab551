"""Why a job could not be carried out, before or beside its command."""

from __future__ import annotations


class JobFailure(Exception):
    """The job can't go on; `reason` is one of the studio's words for it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Stopped(Exception):
    """The job was told to stop, or has nobody to report to any more."""

"""Atelier from Python: record runs, submit jobs, read results."""

from __future__ import annotations

from atelier._errors import (
    AtelierError,
    ConfigurationError,
    Conflict,
    Denied,
    InvalidRequest,
    JobFileError,
    NotFound,
    Refused,
    RunFailed,
    ServerError,
    SnapshotError,
    Unauthorized,
    Unreachable,
    UnsafeName,
    UsageError,
    WaitTimeout,
)
from atelier._sync import SyncReport, sync

__version__ = "0.1.0"

__all__ = [
    "AtelierError",
    "ConfigurationError",
    "Conflict",
    "Denied",
    "InvalidRequest",
    "JobFileError",
    "NotFound",
    "Refused",
    "RunFailed",
    "ServerError",
    "SnapshotError",
    "SyncReport",
    "Unauthorized",
    "Unreachable",
    "UnsafeName",
    "UsageError",
    "WaitTimeout",
    "sync",
]

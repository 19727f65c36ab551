"""Atelier from Python: record runs, submit jobs, read results."""

from __future__ import annotations

from atelier._active import ActiveRun
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
from atelier._run import Artifact, History, MetricSummary, Run
from atelier._start import (
    active_run,
    define_metric,
    log,
    log_artifact,
    log_artifacts,
    log_metric,
    log_params,
    set_tags,
    start_run,
)
from atelier._sync import SyncReport, sync
from atelier._workspace import Comparison, Experiment, Workspace, compare

__version__ = "0.1.0"

__all__ = [
    "ActiveRun",
    "Artifact",
    "AtelierError",
    "Comparison",
    "ConfigurationError",
    "Conflict",
    "Denied",
    "Experiment",
    "History",
    "InvalidRequest",
    "JobFileError",
    "MetricSummary",
    "NotFound",
    "Refused",
    "Run",
    "RunFailed",
    "ServerError",
    "SnapshotError",
    "SyncReport",
    "Unauthorized",
    "Unreachable",
    "UnsafeName",
    "UsageError",
    "WaitTimeout",
    "Workspace",
    "active_run",
    "compare",
    "define_metric",
    "log",
    "log_artifact",
    "log_artifacts",
    "log_metric",
    "log_params",
    "set_tags",
    "start_run",
    "sync",
]

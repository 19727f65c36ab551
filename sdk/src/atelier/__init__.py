"""Atelier from Python: record runs, submit jobs, read results."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

# In a container that a studio started: what this package needs, behind all that the image itself has.
_behind = os.environ.get("ATELIER_BEHIND")
if _behind and _behind not in sys.path:
    sys.path.append(_behind)

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
    SearchError,
    ServerError,
    SnapshotError,
    Unauthorized,
    Unreachable,
    UnsafeName,
    UsageError,
    WaitTimeout,
)

if TYPE_CHECKING:
    from atelier._active import ActiveRun
    from atelier._data.datastores import Datastore
    from atelier._data.flows import Dataflow
    from atelier._data.versions import DataVersion
    from atelier._pipelines.callables import command, component, load_component
    from atelier._pipelines.control import do_while, if_else, parallel_for
    from atelier._pipelines.functions import pipeline
    from atelier._pipelines.pipeline import Pipeline
    from atelier._pipelines.values import Input, Output
    from atelier._run import Artifact, History, MetricSummary, Run
    from atelier._start import (
        active_run,
        define_metric,
        log,
        log_artifact,
        log_artifacts,
        log_confusion_matrix,
        log_curve,
        log_histogram,
        log_image,
        log_metric,
        log_params,
        log_table,
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
    "DataVersion",
    "Dataflow",
    "Datastore",
    "Denied",
    "Experiment",
    "History",
    "Input",
    "InvalidRequest",
    "JobFileError",
    "MetricSummary",
    "NotFound",
    "Output",
    "Pipeline",
    "Refused",
    "Run",
    "RunFailed",
    "SearchError",
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
    "command",
    "compare",
    "component",
    "define_metric",
    "do_while",
    "if_else",
    "load_component",
    "log",
    "log_artifact",
    "log_artifacts",
    "log_confusion_matrix",
    "log_curve",
    "log_histogram",
    "log_image",
    "log_metric",
    "log_params",
    "log_table",
    "parallel_for",
    "pipeline",
    "set_tags",
    "start_run",
    "sync",
]

# Each name is loaded when it is first used: the command and the runner start without what they do not need.
_HOMES = {
    "ActiveRun": "_active",
    "Artifact": "_run",
    "Comparison": "_workspace",
    "DataVersion": "_data.versions",
    "Dataflow": "_data.flows",
    "Datastore": "_data.datastores",
    "Experiment": "_workspace",
    "History": "_run",
    "Input": "_pipelines.values",
    "MetricSummary": "_run",
    "Output": "_pipelines.values",
    "Pipeline": "_pipelines.pipeline",
    "Run": "_run",
    "SyncReport": "_sync",
    "Workspace": "_workspace",
    "active_run": "_start",
    "command": "_pipelines.callables",
    "compare": "_workspace",
    "component": "_pipelines.callables",
    "define_metric": "_start",
    "do_while": "_pipelines.control",
    "if_else": "_pipelines.control",
    "load_component": "_pipelines.callables",
    "log": "_start",
    "log_artifact": "_start",
    "log_artifacts": "_start",
    "log_metric": "_start",
    "log_table": "_start",
    "log_image": "_start",
    "log_histogram": "_start",
    "log_curve": "_start",
    "log_confusion_matrix": "_start",
    "log_params": "_start",
    "parallel_for": "_pipelines.control",
    "pipeline": "_pipelines.functions",
    "set_tags": "_start",
    "start_run": "_start",
    "sync": "_sync",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'atelier' has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"atelier.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

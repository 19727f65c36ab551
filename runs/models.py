"""The tables of runs, re-exported so that the app label and the migrations stay with the app."""

from runs.traces.models import Assessment, Trace, TraceMetadata, TraceSpan, TraceTag
from runs.grid.models import SavedView
from runs.tracking.metrics.models import MetricBatch, MetricChunk, MetricKey, MetricSummary, MetricWriter
from runs.tracking.models import Artifact, Experiment, ExperimentTag, Param, Run, RunInput, Snapshot, Tag
from runs.trash.models import Purge, PurgedRun

__all__ = [
    "Artifact",
    "Assessment",
    "Experiment",
    "ExperimentTag",
    "MetricBatch",
    "MetricChunk",
    "MetricKey",
    "MetricSummary",
    "MetricWriter",
    "Param",
    "Purge",
    "PurgedRun",
    "Run",
    "RunInput",
    "SavedView",
    "Snapshot",
    "Tag",
    "Trace",
    "TraceMetadata",
    "TraceSpan",
    "TraceTag",
]

"""The tables of runs, re-exported so that the app label and the migrations stay with the app."""

from runs.tracking.metrics.models import MetricBatch, MetricChunk, MetricKey, MetricSummary, MetricWriter
from runs.tracking.models import Artifact, Experiment, ExperimentTag, Param, Run, RunInput, Snapshot, Tag

__all__ = [
    "Artifact",
    "Experiment",
    "ExperimentTag",
    "MetricBatch",
    "MetricChunk",
    "MetricKey",
    "MetricSummary",
    "MetricWriter",
    "Param",
    "Run",
    "RunInput",
    "Snapshot",
    "Tag",
]

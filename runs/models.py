"""The tables of runs, re-exported so that the app label and the migrations stay with the app."""

from runs.components.models import Component, ComponentVersion
from runs.evaluation.models import EvaluationDataset, EvaluationRecord, EvaluationTag
from runs.grid.models import BulkChange, SavedView
from runs.logged_models.models import (
    LoggedModel,
    LoggedModelFile,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    RunModel,
)
from runs.mlflow_api.artifacts.models import LooseFile, PartUpload
from runs.pipelines.models import (
    Pipeline,
    PipelineEndpoint,
    PipelineEndpointVersion,
    PipelineRun,
    PipelineVersion,
    Step,
    StepNeed,
)
from runs.reports.models import Report, ReportRevision
from runs.schedules.models import Firing, Schedule
from runs.traces.models import Assessment, Trace, TraceFile, TraceMetadata, TraceSpan, TraceTag
from runs.tracking.data.models import OutputFile, RunOutput
from runs.tracking.data_inputs import Dataset, RunDataset
from runs.tracking.metrics.models import MetricBatch, MetricChunk, MetricKey, MetricSummary, MetricWriter
from runs.tracking.models import Artifact, Experiment, ExperimentTag, Param, Run, RunInput, Snapshot, Tag
from runs.trash.models import Purge, PurgedRun

__all__ = [
    "Artifact",
    "Assessment",
    "BulkChange",
    "Component",
    "ComponentVersion",
    "Dataset",
    "EvaluationDataset",
    "EvaluationRecord",
    "EvaluationTag",
    "Experiment",
    "ExperimentTag",
    "Firing",
    "LoggedModel",
    "LoggedModelFile",
    "LoggedModelMetric",
    "LoggedModelParam",
    "LoggedModelTag",
    "LooseFile",
    "MetricBatch",
    "MetricChunk",
    "MetricKey",
    "MetricSummary",
    "MetricWriter",
    "OutputFile",
    "Param",
    "PartUpload",
    "Pipeline",
    "PipelineEndpoint",
    "PipelineEndpointVersion",
    "PipelineRun",
    "PipelineVersion",
    "Purge",
    "PurgedRun",
    "Report",
    "ReportRevision",
    "Run",
    "RunDataset",
    "RunInput",
    "RunModel",
    "RunOutput",
    "SavedView",
    "Schedule",
    "Snapshot",
    "Step",
    "StepNeed",
    "Tag",
    "Trace",
    "TraceFile",
    "TraceMetadata",
    "TraceSpan",
    "TraceTag",
]

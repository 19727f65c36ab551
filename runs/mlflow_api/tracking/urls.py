"""Paths of this group."""

from django.urls import URLPattern, path

from runs.mlflow_api.tracking import experiments, history, run_logging, run_search, runs

V2: list[URLPattern] = [
    # Experiments
    path("experiments/create", experiments.CreateExperiment.as_view(), name="mlflow-experiment-create"),
    path("experiments/get", experiments.GetExperiment.as_view(), name="mlflow-experiment-get"),
    path("experiments/get-by-name", experiments.GetExperimentByName.as_view(), name="mlflow-experiment-get-by-name"),
    path("experiments/search", experiments.SearchExperiments.as_view(), name="mlflow-experiment-search"),
    path("experiments/update", experiments.UpdateExperiment.as_view(), name="mlflow-experiment-update"),
    path("experiments/delete", experiments.DeleteExperiment.as_view(), name="mlflow-experiment-delete"),
    path("experiments/restore", experiments.RestoreExperiment.as_view(), name="mlflow-experiment-restore"),
    path("experiments/set-experiment-tag", experiments.SetExperimentTag.as_view(), name="mlflow-experiment-set-tag"),
    path(
        "experiments/delete-experiment-tag",
        experiments.DeleteExperimentTag.as_view(),
        name="mlflow-experiment-delete-tag",
    ),
    # Runs
    path("runs/create", runs.CreateRun.as_view(), name="mlflow-run-create"),
    path("runs/get", runs.GetRun.as_view(), name="mlflow-run-get"),
    path("runs/update", runs.UpdateRun.as_view(), name="mlflow-run-update"),
    path("runs/delete", runs.DeleteRun.as_view(), name="mlflow-run-delete"),
    path("runs/restore", runs.RestoreRun.as_view(), name="mlflow-run-restore"),
    path("runs/search", run_search.SearchRuns.as_view(), name="mlflow-run-search"),
    path("runs/log-metric", run_logging.LogMetric.as_short_view(), name="mlflow-run-log-metric"),
    path("runs/log-parameter", run_logging.LogParameter.as_short_view(), name="mlflow-run-log-parameter"),
    path("runs/log-batch", run_logging.LogBatch.as_short_view(), name="mlflow-run-log-batch"),
    path("runs/set-tag", run_logging.SetTag.as_short_view(), name="mlflow-run-set-tag"),
    path("runs/delete-tag", run_logging.DeleteTag.as_short_view(), name="mlflow-run-delete-tag"),
    path("runs/log-model", run_logging.LogModel.as_short_view(), name="mlflow-run-log-model"),
    # Metrics
    path("metrics/get-history", history.History.as_view(), name="mlflow-metric-history"),
    path("metrics/get-history-bulk", history.BulkHistory.as_view(), name="mlflow-metric-history-bulk"),
    path(
        "metrics/get-history-bulk-interval",
        history.BulkInterval.as_view(),
        name="mlflow-metric-history-bulk-interval",
    ),
]
V3: list[URLPattern] = []

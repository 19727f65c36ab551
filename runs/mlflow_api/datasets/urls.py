"""Paths of this group."""

from django.urls import URLPattern, path

from runs.mlflow_api.datasets import evaluation, views

V2: list[URLPattern] = [
    path("runs/log-inputs", views.LogInputs.as_view(), name="mlflow-run-log-inputs"),
    path("experiments/search-datasets", views.SearchDatasets.as_view(), name="mlflow-search-datasets"),
]
V3: list[URLPattern] = [
    path("datasets/create", evaluation.CreateDataset.as_view(), name="mlflow-datasets-create"),
    path("datasets/search", evaluation.SearchDatasets.as_view(), name="mlflow-datasets-search"),
    path("datasets/<str:dataset_id>", evaluation.OneDataset.as_view(), name="mlflow-dataset"),
    path("datasets/<str:dataset_id>/records", evaluation.Records.as_view(), name="mlflow-dataset-records"),
    path("datasets/<str:dataset_id>/tags", evaluation.Tags.as_view(), name="mlflow-dataset-tags"),
    path("datasets/<str:dataset_id>/tags/<path:key>", evaluation.Tag.as_view(), name="mlflow-dataset-tag"),
    path("datasets/<str:dataset_id>/add-experiments", evaluation.AddExperiments.as_view(), name="mlflow-dataset-add"),
    path(
        "datasets/<str:dataset_id>/remove-experiments",
        evaluation.RemoveExperiments.as_view(),
        name="mlflow-dataset-remove",
    ),
    path(
        "datasets/<str:dataset_id>/experiment-ids",
        evaluation.ExperimentIds.as_view(),
        name="mlflow-dataset-experiment-ids",
    ),
]
SLIP: list[URLPattern] = [
    path("experiments/search-datasets", views.SearchDatasets.as_view(), name="mlflow-search-datasets-slip"),
]

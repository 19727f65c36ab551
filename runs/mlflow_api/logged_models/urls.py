"""Paths of this group."""

from django.urls import URLPattern, path

from runs.mlflow_api.logged_models import views

V2: list[URLPattern] = [
    path("logged-models", views.LoggedModels.as_view(), name="mlflow-logged-models"),
    path("logged-models/search", views.Search.as_view(), name="mlflow-logged-models-search"),
    path("logged-models/<str:model_id>", views.OneModel.as_view(), name="mlflow-logged-model"),
    path(
        "logged-models/<str:model_id>/artifacts/directories",
        views.ModelFolder.as_view(),
        name="mlflow-logged-model-artifacts",
    ),
    path("logged-models/<str:model_id>/params", views.ModelParams.as_view(), name="mlflow-logged-model-params"),
    path("logged-models/<str:model_id>/tags", views.ModelTags.as_view(), name="mlflow-logged-model-tags"),
    path("logged-models/<str:model_id>/tags/<path:key>", views.ModelTag.as_view(), name="mlflow-logged-model-tag"),
    path("runs/outputs", views.RunOutputs.as_view(), name="mlflow-run-outputs"),
]
V3: list[URLPattern] = []

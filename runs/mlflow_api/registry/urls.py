"""Paths of this group."""

from django.urls import URLPattern, path

from runs.mlflow_api.registry import model_versions as versions
from runs.mlflow_api.registry import registered_models as models
from runs.mlflow_api.registry import webhooks

V2: list[URLPattern] = [
    path("registered-models/create", models.Create.as_view(), name="mlflow-models-create"),
    path("registered-models/get", models.Get.as_view(), name="mlflow-models-get"),
    path("registered-models/update", models.Update.as_view(), name="mlflow-models-update"),
    path("registered-models/rename", models.Rename.as_view(), name="mlflow-models-rename"),
    path("registered-models/delete", models.Delete.as_view(), name="mlflow-models-delete"),
    path("registered-models/search", models.Search.as_view(), name="mlflow-models-search"),
    path(
        "registered-models/get-latest-versions", models.LatestVersions.as_view(), name="mlflow-models-latest-versions"
    ),
    path("registered-models/set-tag", models.SetTag.as_view(), name="mlflow-models-set-tag"),
    path("registered-models/delete-tag", models.DeleteTag.as_view(), name="mlflow-models-delete-tag"),
    path("registered-models/alias", models.Alias.as_view(), name="mlflow-models-alias"),
    path("model-versions/create", versions.Create.as_view(), name="mlflow-versions-create"),
    path("model-versions/get", versions.Get.as_view(), name="mlflow-versions-get"),
    path("model-versions/update", versions.Update.as_view(), name="mlflow-versions-update"),
    path("model-versions/transition-stage", versions.TransitionStage.as_view(), name="mlflow-versions-stage"),
    path("model-versions/delete", versions.Delete.as_view(), name="mlflow-versions-delete"),
    path("model-versions/search", versions.Search.as_view(), name="mlflow-versions-search"),
    path("model-versions/get-download-uri", versions.DownloadUri.as_view(), name="mlflow-versions-uri"),
    path("model-versions/set-tag", versions.SetTag.as_view(), name="mlflow-versions-set-tag"),
    path("model-versions/delete-tag", versions.DeleteTag.as_view(), name="mlflow-versions-delete-tag"),
    path("webhooks", webhooks.Webhooks.as_view(), name="mlflow-webhooks"),
    path("webhooks/<str:webhook_id>", webhooks.Webhook.as_view(), name="mlflow-webhook"),
    path("webhooks/<str:webhook_id>/test", webhooks.Test.as_view(), name="mlflow-webhook-test"),
]
V3: list[URLPattern] = []

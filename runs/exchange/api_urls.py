"""REST paths of imports, below a workspace."""

from django.urls import path

from runs.exchange.api import models, runs

urlpatterns = [
    path("imports/runs", runs.ImportedRuns.as_view(), name="api-imports-runs"),
    path("imports/known", runs.KnownImports.as_view(), name="api-imports-known"),
    path("imports/done", runs.Announcements.as_view(), name="api-imports-done"),
    path("imports/experiments", runs.ImportedExperiments.as_view(), name="api-imports-experiments"),
    path("imports/logged-models", models.LoggedModels.as_view(), name="api-imports-logged-models"),
    path(
        "imports/logged-models/<str:model_id>/files/<path:path>",
        models.LoggedModelFile.as_view(),
        name="api-imports-logged-model-file",
    ),
    path("imports/models", models.Models.as_view(), name="api-imports-models"),
    path("imports/models/<str:name>/versions", models.Versions.as_view(), name="api-imports-versions"),
    path(
        "imports/models/<str:name>/versions/<int:number>/files/<path:path>",
        models.VersionFile.as_view(),
        name="api-imports-version-file",
    ),
]

"""REST paths of imports, below a workspace."""

from django.urls import path

from runs.exchange import api

urlpatterns = [
    path("imports/runs", api.ImportedRuns.as_view(), name="api-imports-runs"),
    path("imports/known", api.KnownImports.as_view(), name="api-imports-known"),
    path("imports/done", api.Announcements.as_view(), name="api-imports-done"),
]

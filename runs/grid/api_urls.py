"""REST paths of the runs grid, below what `studio/api_urls.py` names."""

from django.urls import path

from runs.grid.api import bulk, saved, tables

urlpatterns = [
    # Before tracking's runs/<id>.
    path("runs/bulk", bulk.BulkRuns.as_view(), name="api-runs-bulk"),
    path("runs/bulk/<int:pk>", bulk.BulkDetail.as_view(), name="api-runs-bulk-change"),
    path("grid/window", tables.Windows.as_view(), name="api-grid-window"),
    path("grid/rows", tables.Rows.as_view(), name="api-grid-rows"),
    path("grid/outline", tables.Outlines.as_view(), name="api-grid-outline"),
    path("grid/keys", tables.Keys.as_view(), name="api-grid-keys"),
    path("grid/look", tables.Look.as_view(), name="api-grid-look"),
    path("grid/export", tables.Exports.as_view(), name="api-grid-export"),
    path("views", saved.Views.as_view(), name="api-views"),
    path("views/<str:view_id>", saved.ViewDetail.as_view(), name="api-view"),
]

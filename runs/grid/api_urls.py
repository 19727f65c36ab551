"""REST paths of the runs grid, below what `studio/api_urls.py` names."""

from django.urls import path

from runs.grid import api, bulk_api, views_api

urlpatterns = [
    # Before tracking's runs/<id>.
    path("runs/bulk", bulk_api.BulkRuns.as_view(), name="api-runs-bulk"),
    path("runs/bulk/<int:pk>", bulk_api.BulkDetail.as_view(), name="api-runs-bulk-change"),
    path("grid/window", api.Windows.as_view(), name="api-grid-window"),
    path("grid/rows", api.Rows.as_view(), name="api-grid-rows"),
    path("grid/keys", api.Keys.as_view(), name="api-grid-keys"),
    path("grid/look", api.Look.as_view(), name="api-grid-look"),
    path("grid/export", api.Exports.as_view(), name="api-grid-export"),
    path("views", views_api.Views.as_view(), name="api-views"),
    path("views/<str:view_id>", views_api.ViewDetail.as_view(), name="api-view"),
]

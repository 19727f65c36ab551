"""REST paths of what is in a version's table."""

from django.urls import path

from registry.data.explore import api

VERSION = "data/<str:name>/versions/<str:ref>/"

urlpatterns = [
    path(VERSION + "rows", api.Rows.as_view(), name="api-data-rows"),
    path(VERSION + "sql", api.Sql.as_view(), name="api-data-sql"),
    path(VERSION + "sql.csv", api.SqlFile.as_view(), name="api-data-sql-file"),
    path(VERSION + "profile", api.Profile.as_view(), name="api-data-profile"),
    path(VERSION + "sketch", api.Sketch.as_view(), name="api-data-sketch"),
    path(VERSION + "chart", api.Chart.as_view(), name="api-data-chart"),
    path(VERSION + "drift", api.Drift.as_view(), name="api-data-drift"),
]

"""The studio's addresses, and one more for the twin."""

from django.urls import include, path

from bench.twin import api

urlpatterns = [
    path("api/v1/workspaces/<slug:workspace>/runs/<str:run_id>/twin", api.TwinIngest.as_view()),
    path("", include("studio.urls")),
]

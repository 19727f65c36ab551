"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import path

from compute.board import api

urlpatterns = [
    path("compute", api.Targets.as_view(), name="api-compute"),
    path("compute/<str:name>/check", api.CheckTarget.as_view(), name="api-compute-check"),
    path("compute/<str:name>", api.OneTarget.as_view(), name="api-compute-target"),
]

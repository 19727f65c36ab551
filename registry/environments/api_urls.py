"""REST paths of environments, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.environments import api

urlpatterns = [
    path("environments", api.Environments.as_view(), name="api-environments"),
    path("environments/<int:pk>", api.EnvironmentDetail.as_view(), name="api-environment"),
]

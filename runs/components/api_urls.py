"""REST paths of components, below what `studio/api_urls.py` names."""

from django.urls import path

from runs.components import api

urlpatterns = [
    path("components", api.Components.as_view(), name="api-components"),
    path("component-check", api.CheckComponent.as_view(), name="api-component-check"),
    path("components/<str:name>", api.OneComponent.as_view(), name="api-component"),
    path("components/<str:name>/versions/<str:ref>", api.OneVersion.as_view(), name="api-component-version"),
]

"""REST paths of the vault, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.secrets import api

urlpatterns = [
    path("secrets", api.Secrets.as_view(), name="api-secrets"),
    path("secrets/<str:name>", api.Secret.as_view(), name="api-secret"),
]

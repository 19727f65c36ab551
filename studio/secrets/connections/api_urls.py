"""REST paths of connections, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.secrets.connections import api

urlpatterns = [
    path("connections", api.Connections.as_view(), name="api-connections"),
    path("connections/<str:name>", api.Connection.as_view(), name="api-connection"),
]

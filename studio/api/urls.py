"""The page that shows the API's description."""

from django.urls import path

from studio.api import docs

urlpatterns = [path("", docs.api_docs, name="api-docs")]

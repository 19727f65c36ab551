"""The REST path of kept folders, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.api.folders import Folder

urlpatterns = [path("folders/<slug:sha256>", Folder.as_view(), name="api-folder")]

"""REST paths of data assets, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.data.assets import api

VERSION = "data/<str:name>/versions/<str:ref>"

urlpatterns = [
    path("data", api.Assets.as_view(), name="api-data"),
    path("data-folders", api.Folders.as_view(), name="api-data-folders"),
    path("data-preview", api.Preview.as_view(), name="api-data-preview"),
    path("data-file-check", api.CheckFile.as_view(), name="api-data-file-check"),
    path("data/<str:name>", api.Asset.as_view(), name="api-data-asset"),
    path("data/<str:name>/versions", api.Versions.as_view(), name="api-data-versions"),
    path(VERSION, api.Version.as_view(), name="api-data-version"),
    path(VERSION + "/retry", api.Retry.as_view(), name="api-data-retry"),
    path(VERSION + "/uses", api.Uses.as_view(), name="api-data-uses"),
    path(VERSION + "/files", api.Files.as_view(), name="api-data-files"),
    path(VERSION + "/files.zip", api.FilesZip.as_view(), name="api-data-files-zip"),
    path(VERSION + "/files/<path:path>", api.File.as_view(), name="api-data-file"),
]

"""REST paths of models, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.mlmodels import api, search_api

urlpatterns = [
    path("search/models/fields", search_api.SearchFields.as_view(), name="api-search-models-fields"),
    path("search/models/parse", search_api.SearchParse.as_view(), name="api-search-models-parse"),
    path("models", api.Models.as_view(), name="api-models"),
    path("models/<str:name>", api.Model.as_view(), name="api-model"),
    path("models/<str:name>/aliases/<str:alias>", api.Alias.as_view(), name="api-model-alias"),
    path("models/<str:name>/versions", api.Versions.as_view(), name="api-model-versions"),
    path("models/<str:name>/versions/<str:ref>", api.Version.as_view(), name="api-model-version"),
    path("models/<str:name>/versions/<str:ref>/files", api.Files.as_view(), name="api-model-files"),
    path("models/<str:name>/versions/<str:ref>/files.zip", api.FilesZip.as_view(), name="api-model-files-zip"),
    path("models/<str:name>/versions/<str:ref>/files/<path:path>", api.File.as_view(), name="api-model-file"),
]

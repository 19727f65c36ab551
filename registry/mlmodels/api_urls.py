"""REST paths of models, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.mlmodels import search_api
from registry.mlmodels.api import registered, stages

VERSION = "models/<str:name>/versions/<str:ref>/"

urlpatterns = [
    path("search/models/fields", search_api.SearchFields.as_view(), name="api-search-models-fields"),
    path("search/models/parse", search_api.SearchParse.as_view(), name="api-search-models-parse"),
    path("model-files", registered.ModelFiles.as_view(), name="api-model-file-read"),
    path("models", registered.Models.as_view(), name="api-models"),
    path("models/<str:name>", registered.Model.as_view(), name="api-model"),
    path("models/<str:name>/aliases/<str:alias>", registered.Alias.as_view(), name="api-model-alias"),
    path("models/<str:name>/versions", registered.Versions.as_view(), name="api-model-versions"),
    path("models/<str:name>/versions/<str:ref>", registered.Version.as_view(), name="api-model-version"),
    path("models/<str:name>/versions/<str:ref>/files", registered.Files.as_view(), name="api-model-files"),
    path("models/<str:name>/versions/<str:ref>/files.zip", registered.FilesZip.as_view(), name="api-model-files-zip"),
    path("models/<str:name>/versions/<str:ref>/files/<path:path>", registered.File.as_view(), name="api-model-file"),
    path("model-stages", stages.Stages.as_view(), name="api-model-stages"),
    path("model-stages/<str:stage>", stages.Stage.as_view(), name="api-model-stage"),
    path(VERSION + "stage-requests", stages.StageRequests.as_view(), name="api-model-stage-requests"),
    path(VERSION + "stage-requests/<int:pk>", stages.StageRequestDetail.as_view(), name="api-model-stage-request"),
    path(VERSION + "checks", stages.Checks.as_view(), name="api-model-checks"),
    path(VERSION + "checks/<str:check>", stages.Check.as_view(), name="api-model-check"),
    path(VERSION + "uses", stages.Uses.as_view(), name="api-model-uses"),
    path(VERSION + "compare", stages.Compare.as_view(), name="api-model-compare"),
]

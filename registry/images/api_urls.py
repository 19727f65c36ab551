"""REST paths of images, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.images import api, search_api

VERSION = "images/<str:name>/versions/<str:ref>"

urlpatterns = [
    path("search/images/parse", search_api.ImageSearchParse.as_view(), name="api-search-images-parse"),
    path("search/images/fields", search_api.ImageSearchFields.as_view(), name="api-search-images-fields"),
    path("images", api.Images.as_view(), name="api-images"),
    path("images/<str:name>", api.ImageDetail.as_view(), name="api-image"),
    path("images/<str:name>/versions", api.ImageVersions.as_view(), name="api-image-versions"),
    path("images/<str:name>/tags/<str:word>", api.ImageTagDetail.as_view(), name="api-image-tag"),
    path(VERSION, api.ImageVersionDetail.as_view(), name="api-image-version"),
    path(f"{VERSION}/retry", api.ImageRetry.as_view(), name="api-image-retry"),
    path(f"{VERSION}/cancel", api.ImageCancel.as_view(), name="api-image-cancel"),
    path(f"{VERSION}/log", api.ImageLog.as_view(), name="api-image-log"),
    path(f"{VERSION}/log/search", api.ImageLogSearch.as_view(), name="api-image-log-search"),
    path(f"{VERSION}/log/raw", api.ImageLogRaw.as_view(), name="api-image-log-raw"),
    path(f"{VERSION}/sbom", api.ImageSbom.as_view(), name="api-image-sbom"),
]

"""Pages of data assets, below `/w/<workspace>/`. After the other pages below data/: an asset has any name but theirs."""

from django.urls import path

from registry.data.assets.views import assets, versions

ASSET = "data/<str:name>/"
VERSION = "data/<str:name>/versions/<str:ref>/"

urlpatterns = [
    path("data/", assets.asset_list, name="data-list"),
    path("data/new/", assets.new, name="data-new"),
    path(ASSET, assets.asset, name="data-asset"),
    path(ASSET + "edit/", assets.edit, name="data-asset-edit"),
    path(ASSET + "archive/", assets.archive, name="data-asset-archive"),
    path(ASSET + "delete/", assets.delete, name="data-asset-delete"),
    path(VERSION, versions.details, name="data-version"),
    path(VERSION + "lineage/", versions.lineage, name="data-lineage"),
    path(VERSION + "consume/", versions.consume, name="data-consume"),
    path(VERSION + "edit/", versions.edit, name="data-version-edit"),
    path(VERSION + "tag/", versions.tag, name="data-version-tag"),
    path(VERSION + "archive/", versions.archive, name="data-version-archive"),
    path(VERSION + "retry/", versions.retry, name="data-version-retry"),
    path(VERSION + "delete/", versions.delete, name="data-version-delete"),
    path(VERSION + "raw/", versions.raw, name="data-raw"),
    path(VERSION + "files.zip", versions.files_zip, name="data-zip"),
]

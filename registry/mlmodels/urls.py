"""Pages of models, below `/w/<workspace>/`. A model's name holds no `/`, so no name is an address of ours."""

from django.urls import path

from registry.mlmodels.views import models, versions

VERSION = "models/<str:name>/versions/<int:number>/"

urlpatterns = [
    path("models/", models.model_list, name="model-list"),
    path("register-model/", models.model_register, name="model-register"),
    path("models/<str:name>/", models.model_detail, name="model-detail"),
    path("models/<str:name>/edit/", models.model_edit, name="model-edit"),
    path("models/<str:name>/tag/", models.model_tag, name="model-tag"),
    path("models/<str:name>/alias/", models.model_alias, name="model-alias"),
    path("models/<str:name>/delete/", models.model_delete, name="model-delete"),
    path(VERSION, versions.version_detail, name="model-version"),
    path(VERSION + "edit/", versions.version_edit, name="model-version-edit"),
    path(VERSION + "stage/", versions.version_stage, name="model-version-stage"),
    path(VERSION + "tag/", versions.version_tag, name="model-version-tag"),
    path(VERSION + "delete/", versions.version_delete, name="model-version-delete"),
    path(VERSION + "raw/", versions.version_raw, name="model-version-raw"),
    path(VERSION + "files.zip", versions.version_zip, name="model-version-zip"),
]

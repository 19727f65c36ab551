"""Pages of models, below `/w/<workspace>/`. A model's name holds no `/`, so no name is an address of ours."""

from django.urls import path

from registry.mlmodels.views import models, reviews, versions

VERSION = "models/<str:name>/versions/<int:number>/"

urlpatterns = [
    path("models/", models.model_list, name="model-list"),
    path("register-model/", models.model_register, name="model-register"),
    path("models/<str:name>/", models.model_detail, name="model-detail"),
    path("models/<str:name>/edit/", models.model_edit, name="model-edit"),
    path("models/<str:name>/tag/", models.model_tag, name="model-tag"),
    path("models/<str:name>/alias/", models.model_alias, name="model-alias"),
    path("models/<str:name>/delete/", models.model_delete, name="model-delete"),
    path("models/<str:name>/archive/", reviews.model_archive, name="model-archive"),
    path("model-stages/", reviews.stage_list, name="model-stages"),
    path("model-stages/<str:stage>/save/", reviews.stage_save, name="model-stage-save"),
    path("model-stages/<str:stage>/delete/", reviews.stage_delete, name="model-stage-delete"),
    path(VERSION + "card/", reviews.version_card, name="model-version-card"),
    path(VERSION + "archive/", reviews.version_archive, name="model-version-archive"),
    path(VERSION + "stage-request/", reviews.version_ask, name="model-version-ask"),
    path(VERSION + "stage-decision/", reviews.version_decide, name="model-version-decide"),
    path(VERSION + "check/", reviews.version_check, name="model-version-check"),
    path(VERSION + "compare/", reviews.version_compare, name="model-version-compare"),
    path(VERSION, versions.version_detail, name="model-version"),
    path(VERSION + "edit/", versions.version_edit, name="model-version-edit"),
    path(VERSION + "stage/", versions.version_stage, name="model-version-stage"),
    path(VERSION + "tag/", versions.version_tag, name="model-version-tag"),
    path(VERSION + "delete/", versions.version_delete, name="model-version-delete"),
    path(VERSION + "raw/", versions.version_raw, name="model-version-raw"),
    path(VERSION + "files.zip", versions.version_zip, name="model-version-zip"),
]

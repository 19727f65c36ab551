"""Pages of images, below `/w/<workspace>/`. An image's name holds no `/`, so no name is an address of ours."""

from django.urls import path

from registry.images import views

VERSION = "images/<str:name>/versions/<int:number>/"

urlpatterns = [
    path("images/", views.image_list, name="image-list"),
    path("build-image/", views.image_build, name="image-build"),
    path("images/<str:name>/", views.image_detail, name="image-detail"),
    path("images/<str:name>/edit/", views.image_edit, name="image-edit"),
    path("images/<str:name>/delete/", views.image_delete, name="image-delete"),
    path("images/<str:name>/tag/", views.image_tag, name="image-tag"),
    path(VERSION, views.version_detail, name="image-version"),
    path(VERSION + "head/", views.version_head, name="image-version-head"),
    path(VERSION + "log/", views.version_log, name="image-version-log"),
    path(VERSION + "layers/", views.version_layers, name="image-version-layers"),
    path(VERSION + "packages/", views.version_packages, name="image-version-packages"),
    path(VERSION + "used-by/", views.version_uses, name="image-version-uses"),
    path(VERSION + "retry/", views.version_retry, name="image-version-retry"),
    path(VERSION + "cancel/", views.version_cancel, name="image-version-cancel"),
    path(VERSION + "edit/", views.version_edit, name="image-version-edit"),
    path(VERSION + "delete/", views.version_delete, name="image-version-delete"),
]

"""Pages of components, below `/w/<workspace>/`."""

from django.urls import path

from runs.components import views

VERSION = "components/<str:name>/versions/<str:ref>/"

urlpatterns = [
    path("components/", views.component_list, name="component-list"),
    path("components/atelier/<str:name>/", views.component_own, name="component-own"),
    path("components/<str:name>/", views.component_detail, name="component-detail"),
    path("components/<str:name>/archive/", views.component_archive, name="component-archive"),
    path(VERSION, views.component_version, name="component-version"),
    path(VERSION + "archive/", views.component_version_archive, name="component-version-archive"),
    path(VERSION + "delete/", views.component_version_delete, name="component-version-delete"),
]

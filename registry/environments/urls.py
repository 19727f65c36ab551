"""Pages of environments, below `/w/<workspace>/`. A name holds no `/`, so no name is an address of ours."""

from django.urls import path

from registry.environments import views

NAMED = "environments/<str:name>/"
VERSION = NAMED + "versions/<str:version>/"

urlpatterns = [
    path("environments/", views.environment_list, name="environment-list"),
    path("new-environment/", views.environment_new, name="environment-new"),
    path("curated-environments/<str:name>/", views.environment_curated, name="environment-curated"),
    path("curated-environments/<str:name>/build/", views.curated_build, name="environment-curated-build"),
    path("environment-contents/<int:pk>/", views.content_detail, name="environment-content"),
    path("environment-contents/<int:pk>/build/", views.content_build, name="environment-content-build"),
    path("environment-builds/<int:pk>/", views.build_detail, name="environment-build"),
    path("environment-builds/<int:pk>/retry/", views.build_retry, name="environment-build-retry"),
    path("environment-builds/<int:pk>/cancel/", views.build_cancel, name="environment-build-cancel"),
    path(NAMED, views.environment_detail, name="environment-detail"),
    path(NAMED + "edit/", views.environment_edit, name="environment-edit"),
    path(NAMED + "archive/", views.environment_archive, name="environment-archive"),
    path(NAMED + "delete/", views.environment_delete, name="environment-delete"),
    path(VERSION, views.version_detail, name="environment-version"),
    path(VERSION + "edit/", views.version_edit, name="environment-version-edit"),
    path(VERSION + "archive/", views.version_archive, name="environment-version-archive"),
    path(VERSION + "delete/", views.version_delete, name="environment-version-delete"),
]

"""REST paths of environments, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.environments import api

NAMED = "environments/<str:name>"
BUILD = "environment-builds/<int:pk>"

urlpatterns = [
    path("environments", api.Environments.as_view(), name="api-environments"),
    path(NAMED, api.EnvironmentDetail.as_view(), name="api-environment"),
    path(NAMED + "/versions", api.EnvironmentVersions.as_view(), name="api-environment-versions"),
    path(NAMED + "/versions/<str:ref>", api.EnvironmentVersionDetail.as_view(), name="api-environment-version"),
    path(
        NAMED + "/versions/<str:ref>/build",
        api.EnvironmentVersionBuild.as_view(),
        name="api-environment-version-build",
    ),
    path("environment-files", api.EnvironmentFiles.as_view(), name="api-environment-files"),
    path("curated-environments", api.CuratedEnvironments.as_view(), name="api-curated-environments"),
    path("environment-contents", api.EnvironmentContents.as_view(), name="api-environment-contents"),
    path("environment-contents/<int:pk>", api.EnvironmentContentDetail.as_view(), name="api-environment-content"),
    path("environment-builds", api.EnvironmentBuilds.as_view(), name="api-environment-builds"),
    path(BUILD, api.EnvironmentBuildDetail.as_view(), name="api-environment-build"),
    path(BUILD + "/retry", api.EnvironmentBuildRetry.as_view(), name="api-environment-build-retry"),
    path(BUILD + "/cancel", api.EnvironmentBuildCancel.as_view(), name="api-environment-build-cancel"),
    path(BUILD + "/log", api.EnvironmentBuildLog.as_view(), name="api-environment-build-log"),
    path(BUILD + "/log/search", api.EnvironmentBuildLogSearch.as_view(), name="api-environment-build-log-search"),
    path(BUILD + "/log/raw", api.EnvironmentBuildLogRaw.as_view(), name="api-environment-build-log-raw"),
]

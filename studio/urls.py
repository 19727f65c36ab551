"""Every URL of the studio: a literal list of the features' lists."""

from django.urls import include, path

IN_WORKSPACE = "w/<slug:workspace>/"

urlpatterns = [
    path("api/v1/", include("studio.api_urls")),
    path("api/docs/", include("studio.api.urls")),
    path("mlflow/<slug:workspace>/", include("runs.mlflow_api.urls")),
    path("", include("runs.schedules.hook_urls")),
    path("", include("studio.health.urls")),
    path("", include("studio.accounts.urls")),
    path("", include("studio.notifications.urls")),
    path("", include("studio.home.urls")),
    path("", include("studio.workspaces.urls")),
    path("", include("studio.web.urls")),
    path("", include("registry.data.addresses.urls")),
    path(IN_WORKSPACE, include("studio.activity.urls")),
    path(IN_WORKSPACE, include("compute.board.urls")),
    path(IN_WORKSPACE, include("studio.secrets.urls")),
    path(IN_WORKSPACE, include("studio.secrets.connections.urls")),
    path(IN_WORKSPACE, include("studio.webhooks.urls")),
    path(IN_WORKSPACE, include("registry.data.datastores.urls")),
    path(IN_WORKSPACE, include("registry.data.transfers.urls")),
    path(IN_WORKSPACE, include("registry.data.explore.urls")),
    path(IN_WORKSPACE, include("registry.data.dataflows.urls")),
    # After the other pages below data/: the name of an asset takes whatever is left.
    path(IN_WORKSPACE, include("registry.data.assets.urls")),
    path(IN_WORKSPACE, include("registry.mlmodels.urls")),
    path(IN_WORKSPACE, include("registry.environments.urls")),
    path(IN_WORKSPACE, include("registry.images.urls")),
    path(IN_WORKSPACE, include("registry.endpoints.urls")),
    path(IN_WORKSPACE, include("registry.edge.urls")),
    path(IN_WORKSPACE, include("registry.batch.urls")),
    path(IN_WORKSPACE, include("runs.pipelines.designer.urls")),
    path(IN_WORKSPACE, include("runs.pipelines.run_pages.urls")),
    path(IN_WORKSPACE, include("runs.tracking.urls")),
    path(IN_WORKSPACE, include("runs.trash.urls")),
    path(IN_WORKSPACE, include("runs.reports.urls")),
    path(IN_WORKSPACE, include("runs.mlflow_api.page_urls")),
    path(IN_WORKSPACE, include("runs.traces.urls")),
    path(IN_WORKSPACE, include("runs.logged_models.urls")),
    path(IN_WORKSPACE, include("runs.components.urls")),
    path(IN_WORKSPACE, include("runs.pipelines.urls")),
    path(IN_WORKSPACE, include("runs.schedules.urls")),
    # Last: the path of an experiment takes whatever is left.
    path(IN_WORKSPACE, include("runs.grid.urls")),
]

handler400 = "studio.web.error_pages.bad_request"
handler403 = "studio.web.error_pages.forbidden"
handler404 = "studio.web.error_pages.not_found"
handler500 = "studio.web.error_pages.server_error"

"""Every REST path: a literal list of the features' lists, all under `/api/v1/`."""

from django.urls import include, path

from studio.api.docs import Schema

IN_WORKSPACE = "workspaces/<slug:workspace>/"

urlpatterns = [
    # First: metrics come by the thousand, and the list is walked from the top.
    path(IN_WORKSPACE, include("runs.tracking.metrics.api_urls")),
    path("schema/", Schema.as_view(), name="api-schema"),
    path("", include("studio.accounts.api_urls")),
    path("", include("studio.workspaces.api_urls")),
    path("", include("studio.notifications.api_urls")),
    path("", include("registry.data.addresses.api_urls")),
    path("", include("registry.edge.agent_urls")),
    path(IN_WORKSPACE, include("studio.activity.api_urls")),
    path(IN_WORKSPACE, include("studio.lineage.api_urls")),
    path(IN_WORKSPACE, include("studio.api.folder_urls")),
    path(IN_WORKSPACE, include("compute.board.api_urls")),
    path(IN_WORKSPACE, include("compute.jobs.api_urls")),
    path(IN_WORKSPACE, include("compute.building.api_urls")),
    path(IN_WORKSPACE, include("registry.data.datastores.api_urls")),
    path(IN_WORKSPACE, include("registry.data.transfers.api_urls")),
    path(IN_WORKSPACE, include("registry.data.assets.api_urls")),
    path(IN_WORKSPACE, include("registry.data.explore.api_urls")),
    path(IN_WORKSPACE, include("registry.data.dataflows.api_urls")),
    path(IN_WORKSPACE, include("registry.environments.api_urls")),
    path(IN_WORKSPACE, include("registry.mlmodels.api_urls")),
    path(IN_WORKSPACE, include("registry.images.api_urls")),
    path(IN_WORKSPACE, include("registry.endpoints.api_urls")),
    path(IN_WORKSPACE, include("registry.batch.api_urls")),
    path(IN_WORKSPACE, include("registry.edge.api_urls")),
    path(IN_WORKSPACE, include("studio.secrets.api_urls")),
    path(IN_WORKSPACE, include("studio.secrets.connections.api_urls")),
    path(IN_WORKSPACE, include("studio.webhooks.api_urls")),
    path(IN_WORKSPACE, include("runs.grid.api_urls")),
    path(IN_WORKSPACE, include("runs.tracking.api_urls")),
    path(IN_WORKSPACE, include("runs.traces.api_urls")),
    path(IN_WORKSPACE, include("runs.logged_models.api_urls")),
    path(IN_WORKSPACE, include("runs.trash.api_urls")),
    path(IN_WORKSPACE, include("runs.exchange.api_urls")),
    path(IN_WORKSPACE, include("runs.dataflow_runs.api_urls")),
    path(IN_WORKSPACE, include("runs.reports.api_urls")),
    path(IN_WORKSPACE, include("runs.components.api_urls")),
    path(IN_WORKSPACE, include("runs.pipelines.document.api_urls")),
    path(IN_WORKSPACE, include("runs.pipelines.api_urls")),
    path(IN_WORKSPACE, include("runs.schedules.api_urls")),
    path(IN_WORKSPACE, include("runs.pipelines.engine.api_urls")),
    path(IN_WORKSPACE, include("runs.pipelines.run_pages.api_urls")),
]

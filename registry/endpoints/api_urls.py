"""REST paths of endpoints, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.endpoints.api import deployments, endpoints
from registry.endpoints.monitoring import api as monitoring

ENDPOINT = "endpoints/<str:name>"
DEPLOYMENT = f"{ENDPOINT}/deployments/<str:deployment>"

urlpatterns = [
    path("endpoints", endpoints.Endpoints.as_view(), name="api-endpoints"),
    path("endpoints/check", endpoints.Check.as_view(), name="api-endpoint-check"),
    path(ENDPOINT, endpoints.Endpoint.as_view(), name="api-endpoint"),
    path(f"{ENDPOINT}/traffic", endpoints.Traffic.as_view(), name="api-endpoint-traffic"),
    path(f"{ENDPOINT}/rollback", endpoints.RollBack.as_view(), name="api-endpoint-rollback"),
    path(f"{ENDPOINT}/keys", endpoints.Keys.as_view(), name="api-endpoint-keys"),
    path(f"{ENDPOINT}/token", endpoints.Token.as_view(), name="api-endpoint-token"),
    path(f"{ENDPOINT}/invoke", endpoints.Invoke.as_view(), name="api-endpoint-invoke"),
    path(f"{ENDPOINT}/metrics", endpoints.Metrics.as_view(), name="api-endpoint-metrics"),
    path(f"{ENDPOINT}/openapi", endpoints.OpenApi.as_view(), name="api-endpoint-openapi"),
    path(f"{ENDPOINT}/deployments", deployments.Deployments.as_view(), name="api-deployments"),
    path(DEPLOYMENT, deployments.Deployment.as_view(), name="api-deployment"),
    path(f"{DEPLOYMENT}/restart", deployments.Restart.as_view(), name="api-deployment-restart"),
    path(f"{DEPLOYMENT}/revisions", deployments.Revisions.as_view(), name="api-deployment-revisions"),
    path(
        f"{DEPLOYMENT}/revisions/<str:number>/rollback",
        deployments.RollBackRevision.as_view(),
        name="api-deployment-rollback",
    ),
    path(f"{DEPLOYMENT}/logs", deployments.Logs.as_view(), name="api-deployment-logs"),
    path(f"{DEPLOYMENT}/events", deployments.Events.as_view(), name="api-deployment-events"),
    path(f"{DEPLOYMENT}/metrics", deployments.Metrics.as_view(), name="api-deployment-metrics"),
    path(f"{DEPLOYMENT}/instances", deployments.Instances.as_view(), name="api-deployment-instances"),
    path(f"{DEPLOYMENT}/collector", monitoring.Collector.as_view(), name="api-deployment-collector"),
    path(f"{DEPLOYMENT}/drift-reports", monitoring.DriftReports.as_view(), name="api-drift-reports"),
    path(f"{DEPLOYMENT}/drift-reports/<str:pk>", monitoring.DriftReport.as_view(), name="api-drift-report"),
]

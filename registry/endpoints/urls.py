"""Pages of endpoints, below `/w/<workspace>/`. A name holds no `/`; the names of pages beside them are given to nobody."""

from django.urls import path

from registry.endpoints.monitoring import views as monitoring
from registry.endpoints.views import console, deployments, endpoints, keys, wizard

ENDPOINT = "endpoints/<str:name>/"
DEPLOYMENT = ENDPOINT + "deployments/<str:deployment>/"

urlpatterns = [
    path("endpoints/", endpoints.endpoint_list, name="endpoint-list"),
    path("endpoints/new/", wizard.endpoint_new, name="endpoint-new"),
    path("endpoints/new/choices/", wizard.endpoint_choices, name="endpoint-choices"),
    path("endpoints/new/code/", wizard.endpoint_code, name="endpoint-code"),
    path(ENDPOINT, endpoints.endpoint_detail, name="endpoint-detail"),
    path(ENDPOINT + "deploy/", wizard.endpoint_deploy, name="endpoint-deploy"),
    path(ENDPOINT + "edit/", endpoints.endpoint_edit, name="endpoint-edit"),
    path(ENDPOINT + "delete/", endpoints.endpoint_delete, name="endpoint-delete"),
    path(ENDPOINT + "traffic/", endpoints.endpoint_traffic, name="endpoint-traffic"),
    path(ENDPOINT + "rollback/", endpoints.endpoint_rollback, name="endpoint-rollback"),
    path(ENDPOINT + "test/", console.endpoint_test, name="endpoint-test"),
    path(ENDPOINT + "test/send/", console.endpoint_send, name="endpoint-send"),
    path(ENDPOINT + "metrics/", console.endpoint_metrics, name="endpoint-metrics"),
    path(ENDPOINT + "metrics/series/", console.endpoint_series, name="endpoint-series"),
    path(ENDPOINT + "monitoring/", monitoring.endpoint_monitoring, name="endpoint-monitoring"),
    path(ENDPOINT + "lineage/", endpoints.endpoint_lineage, name="endpoint-lineage"),
    path(ENDPOINT + "logs/", deployments.endpoint_logs, name="endpoint-logs"),
    path(ENDPOINT + "keys/", keys.endpoint_keys, name="endpoint-keys"),
    path(ENDPOINT + "keys/show/", keys.keys_show, name="endpoint-keys-show"),
    path(ENDPOINT + "keys/regenerate/", keys.key_regenerate, name="endpoint-key-regenerate"),
    path(ENDPOINT + "token/", keys.token_issue, name="endpoint-token"),
    path(DEPLOYMENT, deployments.deployment_detail, name="deployment-detail"),
    path(DEPLOYMENT + "log/", deployments.deployment_log, name="deployment-log"),
    path(DEPLOYMENT + "collector/", monitoring.collector_switch, name="deployment-collector"),
    path(DEPLOYMENT + "drift/", monitoring.drift_request, name="deployment-drift"),
    path(DEPLOYMENT + "drift/<str:pk>/delete/", monitoring.drift_delete, name="deployment-drift-delete"),
    path(DEPLOYMENT + "scale/", deployments.deployment_scale, name="deployment-scale"),
    path(DEPLOYMENT + "restart/", deployments.deployment_restart, name="deployment-restart"),
    path(DEPLOYMENT + "rollback/", deployments.deployment_rollback, name="deployment-rollback"),
    path(DEPLOYMENT + "delete/", deployments.deployment_delete, name="deployment-delete"),
]

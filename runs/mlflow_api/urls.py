"""Every MLflow path, below `/mlflow/<workspace>/`: the groups' literal lists, under the client's and the page's prefix."""

from django.urls import include, path, re_path

from runs.mlflow_api import links, server, workspaces
from runs.mlflow_api.artifacts import urls as artifacts
from runs.mlflow_api.datasets import urls as datasets
from runs.mlflow_api.logged_models import urls as logged_models
from runs.mlflow_api.registry import urls as registry
from runs.mlflow_api.traces import urls as traces
from runs.mlflow_api.tracking import urls as tracking

GROUPS = (tracking, artifacts, logged_models, registry, traces, datasets)
# Below /api/2.0/mlflow/ and /api/3.0/mlflow/.
V2 = [route for group in GROUPS for route in group.V2]
V3 = [
    path("server-info", server.ServerInfo.as_view(), name="mlflow-server-info"),
    path("workspaces", workspaces.Workspaces.as_view(), name="mlflow-workspaces"),
    path("workspaces/<str:name>", workspaces.OneWorkspace.as_view(), name="mlflow-workspace"),
    *(route for group in GROUPS for route in group.V3),
]

urlpatterns = [
    re_path(r"^(?:ajax-)?api/2\.0/mlflow/", include(V2)),
    re_path(r"^(?:ajax-)?api/3\.0/mlflow/", include(V3)),
    re_path(r"^(?:ajax-)?api/2\.0/mlflow-artifacts/", include(artifacts.PROXY)),
    # The client's own slip: it forgets the slash here.
    path("api/2.0mlflow/", include(datasets.SLIP)),
    path("", include(artifacts.OLD_LINKS)),
    path("v1/", include(traces.OTLP)),
    path("", links.landing, name="mlflow-landing"),
    path("version", server.Version.as_view(), name="mlflow-version"),
    path("health", server.Health.as_view(), name="mlflow-health"),
    re_path(r"^.+$", server.Unknown.as_view(), name="mlflow-unknown"),
]

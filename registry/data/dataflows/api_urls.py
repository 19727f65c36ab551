"""REST paths of dataflows."""

from django.urls import path

from registry.data.dataflows import api

FLOW = "dataflows/<str:name>"

urlpatterns = [
    path("dataflows", api.Flows.as_view(), name="api-dataflows"),
    path(FLOW, api.Flow.as_view(), name="api-dataflow"),
    path(f"{FLOW}/draft", api.Draft.as_view(), name="api-dataflow-draft"),
    path(f"{FLOW}/versions", api.Versions.as_view(), name="api-dataflow-versions"),
    path(f"{FLOW}/versions/<str:number>", api.Version.as_view(), name="api-dataflow-version"),
    path(f"{FLOW}/versions/<str:number>/restore", api.Restore.as_view(), name="api-dataflow-restore"),
    path(f"{FLOW}/preview", api.Preview.as_view(), name="api-dataflow-preview"),
    path(f"{FLOW}/derive", api.Derive.as_view(), name="api-dataflow-derive"),
    path(f"{FLOW}/code", api.Code.as_view(), name="api-dataflow-code"),
]

"""REST path of a dataflow's runs."""

from django.urls import path

from runs.dataflow_runs import api

urlpatterns = [path("dataflows/<str:name>/run", api.Run.as_view(), name="api-dataflow-run")]

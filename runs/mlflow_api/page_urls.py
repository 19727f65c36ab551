"""Pages of MLflow's surface, below `/w/<workspace>/`."""

from django.urls import path

from runs.mlflow_api import links

urlpatterns = [path("mlflow-link/", links.link, name="mlflow-link")]

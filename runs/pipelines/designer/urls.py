"""The page of the canvas, below `/w/<workspace>/`."""

from django.urls import path

from runs.pipelines.designer import views

urlpatterns = [
    path("pipelines/<int:pk>/edit/", views.pipeline_edit, name="pipeline-edit"),
]

"""Pages of dataflows, below `/w/<workspace>/`."""

from django.urls import path

from registry.data.dataflows import views

FLOW = "data/flows/<str:name>/"

urlpatterns = [
    path("data/flows/", views.flow_list, name="dataflow-list"),
    path(FLOW, views.flow_detail, name="dataflow-detail"),
    path(FLOW + "edit/", views.flow_edit, name="dataflow-edit"),
    path(FLOW + "archive/", views.flow_archive, name="dataflow-archive"),
    path(FLOW + "delete/", views.flow_delete, name="dataflow-delete"),
]

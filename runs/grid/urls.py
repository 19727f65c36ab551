"""Pages of the runs table, below `/w/<workspace>/`."""

from django.urls import URLPattern, path

from runs.grid import views

urlpatterns: list[URLPattern] = [
    path("runs/", views.run_list, name="run-list"),
    path("grid/export/", views.grid_export, name="grid-export"),
    path("experiments/<path:path>/", views.experiment_detail, name="experiment-detail"),
]

"""Pages of experiments and runs, below `/w/<workspace>/`."""

from django.urls import path

from runs.tracking.views import experiments, new_run, runs_table

urlpatterns = [
    path("experiments/", experiments.experiment_list, name="experiment-list"),
    path("experiments/new/", experiments.experiment_create, name="experiment-create"),
    path("experiments/<path:path>/edit/", experiments.experiment_edit, name="experiment-edit"),
    path("experiments/<path:path>/", experiments.experiment_detail, name="experiment-detail"),
    path("runs/", runs_table.run_list, name="run-list"),
    path("runs/bulk/", runs_table.run_bulk, name="run-bulk"),
    path("runs/new/", new_run.run_new, name="run-new"),
    path("runs/new/convert/", new_run.run_new_convert, name="run-new-convert"),
]

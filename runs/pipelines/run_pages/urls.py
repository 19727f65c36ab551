"""Pages of a pipeline's run, below `/w/<workspace>/`."""

from django.urls import path

from runs.pipelines.run_pages import views

RUN = "runs/<str:run_id>/"
STEP = RUN + "steps/<str:step>/"

urlpatterns = [
    path(RUN + "graph/", views.graph, name="run-graph"),
    path(RUN + "steps/", views.steps, name="run-steps"),
    path(RUN + "times/", views.times, name="run-times"),
    path(RUN + "compare-pipeline/", views.compare, name="run-compare-pipeline"),
    path(STEP, views.step, name="run-step"),
    path(STEP + "outputs/<str:port>/", views.output, name="run-step-output"),
    path(STEP + "outputs/<str:port>/csv/", views.output_csv, name="run-step-output-csv"),
]

"""Pages of a pipeline's run, below `/w/<workspace>/`."""

from django.urls import path

from runs.pipelines.run_pages.views import actions, showing

RUN = "runs/<str:run_id>/"
STEP = RUN + "steps/<str:step>/"

urlpatterns = [
    path(RUN + "graph/", showing.graph, name="run-graph"),
    path(RUN + "steps/", showing.steps, name="run-steps"),
    path(RUN + "times/", showing.times, name="run-times"),
    path(RUN + "compare-pipeline/", showing.compare, name="run-compare-pipeline"),
    path(RUN + "rerun/", actions.rerun, name="run-rerun"),
    path(RUN + "inference/", actions.make_inference, name="run-inference"),
    path(STEP, showing.step, name="run-step"),
    path(STEP + "outputs/<str:port>/", showing.output, name="run-step-output"),
    path(STEP + "outputs/<str:port>/csv/", showing.output_csv, name="run-step-output-csv"),
]

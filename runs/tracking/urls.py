"""Pages of experiments and runs, below `/w/<workspace>/`."""

from django.urls import URLPattern, path

from runs.tracking.views import (
    actions,
    artifacts,
    chart_wall,
    charts,
    code,
    compare,
    experiments,
    logs,
    new_run,
    run_page,
)

urlpatterns: list[URLPattern] = [
    # Experiments
    path("experiments/", experiments.experiment_list, name="experiment-list"),
    path("new-experiment/", experiments.experiment_create, name="experiment-create"),
    path("edit-experiment/<path:path>/", experiments.experiment_edit, name="experiment-edit"),
    # New runs
    path("runs/new/", new_run.run_new, name="run-new"),
    path("runs/new/convert/", new_run.run_new_convert, name="run-new-convert"),
    # One run
    path("runs/<str:run_id>/", run_page.run_home, name="run"),
    path("runs/<str:run_id>/overview/", run_page.run_overview, name="run-overview"),
    path("runs/<str:run_id>/head/", run_page.run_head, name="run-head"),
    path("runs/<str:run_id>/charts/", charts.run_charts, name="run-charts"),
    path("runs/<str:run_id>/system/", charts.run_system, name="run-system"),
    path("runs/<str:run_id>/logs/", logs.run_logs, name="run-logs"),
    path("runs/<str:run_id>/logs/raw/", logs.run_log_raw, name="run-log-raw"),
    path("runs/<str:run_id>/artifacts/", artifacts.run_artifacts, name="run-artifacts"),
    path("runs/<str:run_id>/artifacts/preview/", artifacts.run_artifact_preview, name="run-artifact-preview"),
    path("runs/<str:run_id>/artifacts/raw/", artifacts.run_artifact_raw, name="run-artifact-raw"),
    path("runs/<str:run_id>/artifacts.zip", artifacts.run_artifacts_zip, name="run-artifacts-zip"),
    path("runs/<str:run_id>/code/", code.run_code, name="run-code"),
    path("runs/<str:run_id>/code/file/", code.run_code_file, name="run-code-file"),
    path("runs/<str:run_id>/code.zip", code.run_code_zip, name="run-code-zip"),
    path("runs/<str:run_id>/stop/", actions.run_stop, name="run-stop"),
    path("runs/<str:run_id>/start/", actions.run_start, name="run-start"),
    path("runs/<str:run_id>/edit/", actions.run_edit, name="run-edit"),
    path("runs/<str:run_id>/archive/", actions.run_archive, name="run-archive"),
    # Several runs
    path("charts/", chart_wall.chart_page, name="charts"),
    path("charts/catalogue/", chart_wall.chart_catalogue, name="chart-catalogue"),
    path("charts/lines/", chart_wall.chart_lines, name="chart-lines"),
    path("charts/values/", chart_wall.chart_values, name="chart-values"),
    path("charts/media/", chart_wall.chart_media, name="chart-media"),
    path("charts/media/content/", chart_wall.chart_media_content, name="chart-media-content"),
    path("compare/", compare.compare, name="compare"),
    path("compare/metrics.csv", charts.metrics_csv, name="metrics-csv"),
]

"""REST paths of experiments and runs, below what `studio/api_urls.py` names."""

from django.urls import path

from runs.tracking.api import artifacts, code, experiments, history, runs, search, snapshots, submit
from runs.tracking.data import api as job_data

urlpatterns = [
    path("jobs/<int:pk>/inputs/<str:name>/files", job_data.InputFiles.as_view(), name="api-job-input-files"),
    path("jobs/<int:pk>/inputs/<str:name>/files/<path:path>", job_data.InputFile.as_view(), name="api-job-input-file"),
    path(
        "jobs/<int:pk>/outputs/<str:name>/files/<path:path>", job_data.OutputFile.as_view(), name="api-job-output-file"
    ),
    path(
        "jobs/<int:pk>/outputs/<str:name>/complete", job_data.CompleteOutput.as_view(), name="api-job-output-complete"
    ),
    path("experiments", experiments.Experiments.as_view(), name="api-experiments"),
    # "experiments/<id>" and "runs/<id>" are in runs.trash.api_urls: they take DELETE, which tracking does not know.
    path("runs", runs.Runs.as_view(), name="api-runs"),
    path("runs/check", submit.CheckJobFile.as_view(), name="api-runs-check"),
    path("runs/start", runs.StartRun.as_view(), name="api-runs-start"),
    path("runs/compare", runs.CompareRuns.as_view(), name="api-runs-compare"),
    path("runs/<str:run_id>/submit", runs.SubmitRun.as_view(), name="api-run-submit"),
    path("runs/<str:run_id>/why", runs.WhyDifferent.as_view(), name="api-run-why"),
    path("runs/<str:run_id>/stop", runs.StopRun.as_view(), name="api-run-stop"),
    path("runs/<str:run_id>/clone", runs.CloneRun.as_view(), name="api-run-clone"),
    path("runs/<str:run_id>/finish", runs.FinishRun.as_view(), name="api-run-finish"),
    path("runs/<str:run_id>/events", history.RunEvents.as_view(), name="api-run-events"),
    path("runs/<str:run_id>/system", history.RunSystem.as_view(), name="api-run-system"),
    path("runs/<str:run_id>/artifacts", artifacts.Artifacts.as_view(), name="api-run-artifacts"),
    path("runs/<str:run_id>/artifacts.zip", artifacts.ArtifactsZip.as_view(), name="api-run-artifacts-zip"),
    path("runs/<str:run_id>/artifacts/<path:path>", artifacts.ArtifactFile.as_view(), name="api-run-artifact"),
    path("runs/<str:run_id>/code", code.CodeTree.as_view(), name="api-run-code"),
    path("runs/<str:run_id>/code.zip", code.CodeZip.as_view(), name="api-run-code-zip"),
    path("runs/<str:run_id>/code/diff", code.CodeDiff.as_view(), name="api-run-code-diff"),
    path("runs/<str:run_id>/code/<path:path>", code.CodeFile.as_view(), name="api-run-code-file"),
    path("search/fields", search.SearchFields.as_view(), name="api-search-fields"),
    path("search/parse", search.SearchParse.as_view(), name="api-search-parse"),
    path("snapshots/<str:digest>", snapshots.SnapshotFile.as_view(), name="api-snapshot"),
    path("blobs/<str:digest>", snapshots.BlobFile.as_view(), name="api-blob"),
]

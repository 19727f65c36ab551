"""REST paths of batch scoring, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.batch.api import endpoints, jobs, workers

ENDPOINT = "batch-endpoints/<str:name>"
JOB = "batch-jobs/<str:pk>"
LOG = f"{JOB}/workers/<int:number>/log"
WORKER = "jobs/<int:pk>/scoring"
PART = f"{WORKER}/parts/<int:number>"

urlpatterns = [
    path("batch-endpoints", endpoints.Endpoints.as_view(), name="api-batch-endpoints"),
    path("batch-endpoints/check", endpoints.Check.as_view(), name="api-batch-check"),
    path(ENDPOINT, endpoints.Endpoint.as_view(), name="api-batch-endpoint"),
    path(f"{ENDPOINT}/deployments", endpoints.Deployments.as_view(), name="api-batch-deployments"),
    path(f"{ENDPOINT}/deployments/<str:deployment>", endpoints.Deployment.as_view(), name="api-batch-deployment"),
    path(f"{ENDPOINT}/invoke", endpoints.Invoke.as_view(), name="api-batch-invoke"),
    path(f"{ENDPOINT}/jobs", endpoints.EndpointJobs.as_view(), name="api-batch-endpoint-jobs"),
    path("batch-jobs", jobs.Jobs.as_view(), name="api-batch-jobs"),
    path(JOB, jobs.Job.as_view(), name="api-batch-job"),
    path(f"{JOB}/cancel", jobs.Cancel.as_view(), name="api-batch-job-cancel"),
    path(f"{JOB}/items", jobs.FailedItems.as_view(), name="api-batch-job-items"),
    path(f"{JOB}/output", jobs.Output.as_view(), name="api-batch-job-output"),
    path(LOG, jobs.WorkerLog.as_view(), name="api-batch-worker-log"),
    path(f"{LOG}/search", jobs.WorkerLogSearch.as_view(), name="api-batch-worker-log-search"),
    path(f"{LOG}/raw", jobs.WorkerLogRaw.as_view(), name="api-batch-worker-log-raw"),
    # What the jobs that score ask and say.
    path(WORKER, workers.Plan.as_view(), name="api-scoring-plan"),
    path(f"{WORKER}/files/<str:sha256>", workers.PlanFile.as_view(), name="api-scoring-file"),
    path(f"{WORKER}/input", workers.Input.as_view(), name="api-scoring-input"),
    path(f"{WORKER}/take", workers.Take.as_view(), name="api-scoring-take"),
    path(f"{WORKER}/rows", workers.Rows.as_view(), name="api-scoring-rows"),
    path(f"{WORKER}/problem", workers.Problem.as_view(), name="api-scoring-problem"),
    path(f"{WORKER}/outputs/<path:path>", workers.OwnOutput.as_view(), name="api-scoring-output"),
    path(f"{PART}/keep", workers.Keep.as_view(), name="api-scoring-keep"),
    path(f"{PART}/done", workers.Done.as_view(), name="api-scoring-done"),
    path(f"{PART}/failed", workers.Failed.as_view(), name="api-scoring-failed"),
]

"""Pages of batch scoring, below `/w/<workspace>/`."""

from django.urls import path

from registry.batch import views

ENDPOINT = "batch-endpoints/<str:name>/"
JOB = "batch-jobs/<str:pk>/"

urlpatterns = [
    path("batch-endpoints/", views.endpoint_list, name="batch-endpoint-list"),
    path("batch-endpoints/new/", views.endpoint_new, name="batch-endpoint-new"),
    path(ENDPOINT, views.endpoint_detail, name="batch-endpoint-detail"),
    path(ENDPOINT + "deploy/", views.deploy, name="batch-deploy"),
    path(ENDPOINT + "invoke/", views.invoke, name="batch-invoke"),
    path(ENDPOINT + "delete/", views.endpoint_delete, name="batch-endpoint-delete"),
    path(ENDPOINT + "deployments/<str:deployment>/default/", views.make_default, name="batch-deployment-default"),
    path(ENDPOINT + "deployments/<str:deployment>/delete/", views.deployment_delete, name="batch-deployment-delete"),
    path(JOB, views.job_detail, name="batch-job-detail"),
    path(JOB + "cancel/", views.job_cancel, name="batch-job-cancel"),
    path(JOB + "output/", views.job_output, name="batch-job-output"),
    path(JOB + "workers/<int:number>/", views.worker_log, name="batch-worker-log"),
]

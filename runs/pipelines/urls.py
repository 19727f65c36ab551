"""Pages of pipelines, below `/w/<workspace>/`."""

from django.urls import path

from runs.pipelines.drafts import views as drafts
from runs.pipelines.inference import views as inference
from runs.pipelines.publishing import views as publishing

PIPELINE = "pipelines/<int:pk>/"
ENDPOINT = "pipeline-endpoints/<str:name>/"

urlpatterns = [
    path("pipelines/", drafts.pipeline_list, name="pipeline-list"),
    path(PIPELINE + "describe/", drafts.pipeline_describe, name="pipeline-describe"),
    path(PIPELINE + "archive/", drafts.pipeline_archive, name="pipeline-archive"),
    path(PIPELINE + "clone/", drafts.pipeline_clone, name="pipeline-clone"),
    path(PIPELINE + "delete/", drafts.pipeline_delete, name="pipeline-delete"),
    path(PIPELINE + "model/", inference.pipeline_model, name="pipeline-model"),
    path(PIPELINE + "versions/", drafts.pipeline_versions, name="pipeline-versions"),
    path(PIPELINE + "versions/keep/", drafts.pipeline_keep, name="pipeline-keep"),
    path(PIPELINE + "versions/<int:number>/restore/", drafts.pipeline_restore, name="pipeline-restore"),
    path(PIPELINE + "versions/<int:number>/publish/", publishing.pipeline_publish, name="pipeline-publish"),
    path("pipeline-endpoints/", publishing.endpoint_list, name="pipeline-endpoint-list"),
    path(ENDPOINT, publishing.endpoint_detail, name="pipeline-endpoint-detail"),
    path(ENDPOINT + "call/", publishing.endpoint_call, name="pipeline-endpoint-call"),
    path(ENDPOINT + "switch/", publishing.endpoint_switch, name="pipeline-endpoint-switch"),
    path(ENDPOINT + "delete/", publishing.endpoint_delete, name="pipeline-endpoint-delete"),
    path(ENDPOINT + "versions/<int:number>/default/", publishing.endpoint_default, name="pipeline-endpoint-default"),
    path(
        ENDPOINT + "versions/<int:number>/switch/", publishing.version_switch, name="pipeline-endpoint-version-switch"
    ),
]

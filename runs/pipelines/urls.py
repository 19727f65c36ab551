"""Pages of pipelines, below `/w/<workspace>/`."""

from django.urls import path

from runs.pipelines.drafts import views as drafts

PIPELINE = "pipelines/<int:pk>/"

urlpatterns = [
    path("pipelines/", drafts.pipeline_list, name="pipeline-list"),
    path(PIPELINE + "describe/", drafts.pipeline_describe, name="pipeline-describe"),
    path(PIPELINE + "archive/", drafts.pipeline_archive, name="pipeline-archive"),
    path(PIPELINE + "clone/", drafts.pipeline_clone, name="pipeline-clone"),
    path(PIPELINE + "delete/", drafts.pipeline_delete, name="pipeline-delete"),
    path(PIPELINE + "versions/", drafts.pipeline_versions, name="pipeline-versions"),
    path(PIPELINE + "versions/keep/", drafts.pipeline_keep, name="pipeline-keep"),
    path(PIPELINE + "versions/<int:number>/restore/", drafts.pipeline_restore, name="pipeline-restore"),
]

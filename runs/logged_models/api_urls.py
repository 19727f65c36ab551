"""REST paths of logged models and of the datasets of runs."""

from django.urls import path

from runs.logged_models import api

urlpatterns = [
    path("logged-models", api.LoggedModels.as_view(), name="api-logged-models"),
    path("logged-models/<str:model_id>", api.OneModel.as_view(), name="api-logged-model"),
    path("logged-models/<str:model_id>/files", api.ModelFiles.as_view(), name="api-logged-model-files"),
    path("logged-models/<str:model_id>/files/<path:path>", api.ModelFile.as_view(), name="api-logged-model-file"),
    path("runs/<str:run_id>/datasets", api.RunDatasets.as_view(), name="api-run-datasets"),
]

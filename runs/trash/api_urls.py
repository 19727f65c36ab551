"""REST paths of the trash and the store."""

from django.urls import path

from runs.trash import api

urlpatterns = [
    # Tracking's own addresses, which take DELETE here.
    path("runs/<str:run_id>", api.RunDetail.as_view(), name="api-run"),
    path("experiments/<int:pk>", api.ExperimentDetail.as_view(), name="api-experiment"),
    path("runs/<str:run_id>/undelete", api.UndeleteRun.as_view(), name="api-run-undelete"),
    path("experiments/<int:pk>/undelete", api.UndeleteExperiment.as_view(), name="api-experiment-undelete"),
    path("trash", api.Trash.as_view(), name="api-trash"),
    path("trash/preview", api.TrashPreview.as_view(), name="api-trash-preview"),
    path("trash/purge", api.TrashPurge.as_view(), name="api-trash-purge"),
    path("trash/receipts", api.Receipts.as_view(), name="api-trash-receipts"),
    path("trash/receipts/<int:pk>", api.Receipt.as_view(), name="api-trash-receipt"),
    path("storage", api.StorageUse.as_view(), name="api-storage"),
]

"""Pages of the store and the trash, below `/w/<workspace>/`."""

from django.urls import URLPattern, path

from runs.trash import views

urlpatterns: list[URLPattern] = [
    path("storage/", views.storage, name="storage"),
    path("storage/trash/", views.trash, name="storage-trash"),
    path("storage/preview/", views.preview, name="storage-preview"),
    path("storage/purge/", views.purge, name="storage-purge"),
    path("storage/receipts/", views.receipts, name="storage-receipts"),
    path("storage/receipts/<int:pk>/", views.receipt, name="storage-receipt"),
    path("runs/<str:run_id>/delete/", views.run_delete, name="run-delete"),
    path("runs/<str:run_id>/undelete/", views.run_undelete, name="run-undelete"),
    path("experiment/<int:pk>/delete/", views.experiment_delete, name="experiment-delete"),
    path("experiment/<int:pk>/undelete/", views.experiment_undelete, name="experiment-undelete"),
]

"""Pages of this feature, below what `studio/urls.py` names."""

from django.urls import path

from compute.board import views
from compute.board.editing import views as editing

urlpatterns = [
    path("compute/", views.compute_list, name="compute-list"),
    path("compute/new/", editing.compute_new, name="compute-new"),
    path("compute/<str:name>/edit/", editing.compute_edit, name="compute-edit"),
    path("compute/<str:name>/check/", editing.compute_check, name="compute-check"),
    path("compute/<str:name>/delete/", editing.compute_delete, name="compute-delete"),
    path("compute/<str:name>/", views.compute_detail, name="compute-detail"),
    path("compute/<str:name>/resize/", views.compute_resize, name="compute-resize"),
    path("compute/<str:name>/pause/", views.compute_pause, name="compute-pause"),
    path("compute/<str:name>/resume/", views.compute_resume, name="compute-resume"),
]

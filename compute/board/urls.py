"""Pages of this feature, below what `studio/urls.py` names."""

from django.urls import path

from compute.board import views

urlpatterns = [
    path("compute/", views.compute_list, name="compute-list"),
    path("compute/<str:name>/", views.compute_detail, name="compute-detail"),
    path("compute/<str:name>/resize/", views.compute_resize, name="compute-resize"),
    path("compute/<str:name>/pause/", views.compute_pause, name="compute-pause"),
    path("compute/<str:name>/resume/", views.compute_resume, name="compute-resume"),
]

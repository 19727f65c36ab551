"""Pages of this feature, below what `studio/urls.py` names."""

from django.urls import path

from studio.activity import views

urlpatterns = [
    path("activity/", views.activity_list, name="activity-list"),
    path("activity/tray/", views.activity_tray, name="activity-tray"),
]

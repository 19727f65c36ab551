"""Pages of this feature, below what `studio/urls.py` names."""

from django.urls import path

from studio.notifications import views

urlpatterns = [
    path("notifications/", views.notification_list, name="notification-list"),
    path("notifications/panel/", views.notification_panel, name="notification-panel"),
    path("notifications/read/", views.notification_read, name="notification-read"),
    path("notifications/<int:notification_id>/open/", views.notification_open, name="notification-open"),
]

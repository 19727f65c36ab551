"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.notifications import api

urlpatterns = [
    path("notifications", api.Notifications.as_view(), name="api-notifications"),
    path("notifications/read", api.ReadNotifications.as_view(), name="api-notifications-read"),
]

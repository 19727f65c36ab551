"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.activity import api

urlpatterns = [
    path("activities", api.Activities.as_view(), name="api-activities"),
    path("activities/<int:activity_id>", api.OneActivity.as_view(), name="api-activity"),
    path("events", api.Events.as_view(), name="api-events"),
]

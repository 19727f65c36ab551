"""REST paths of schedules, below what `studio/api_urls.py` names."""

from django.urls import path

from runs.schedules import api

SCHEDULE = "schedules/<str:name>"

urlpatterns = [
    path("schedules", api.Schedules.as_view(), name="api-schedules"),
    path(SCHEDULE, api.OneSchedule.as_view(), name="api-schedule"),
    path(f"{SCHEDULE}/pause", api.Pause.as_view(), name="api-schedule-pause"),
    path(f"{SCHEDULE}/resume", api.Resume.as_view(), name="api-schedule-resume"),
    path(f"{SCHEDULE}/fire", api.Fire.as_view(), name="api-schedule-fire"),
    path(f"{SCHEDULE}/backfill", api.Backfill.as_view(), name="api-schedule-backfill"),
    path(f"{SCHEDULE}/firings", api.Firings.as_view(), name="api-schedule-firings"),
    path(f"{SCHEDULE}/address", api.Address.as_view(), name="api-schedule-address"),
    path("schedule-preview", api.Preview.as_view(), name="api-schedule-preview"),
]

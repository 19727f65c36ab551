"""The addresses of webhook schedules, below the studio's own."""

from django.urls import path

from runs.schedules import api

urlpatterns = [path("hooks/schedules/<str:token>", api.Hook.as_view(), name="schedule-hook")]

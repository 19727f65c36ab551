"""Pages of schedules, below `/w/<workspace>/`."""

from django.urls import path

from runs.schedules import views

SCHEDULE = "schedules/<str:name>/"

urlpatterns = [
    path("schedules/", views.schedule_list, name="schedule-list"),
    path("schedule-new/", views.schedule_new, name="schedule-new"),
    path("schedule-inputs/", views.schedule_inputs, name="schedule-inputs"),
    path("schedule-preview/", views.schedule_preview, name="schedule-preview"),
    path(SCHEDULE, views.schedule_detail, name="schedule-detail"),
    path(SCHEDULE + "edit/", views.schedule_edit, name="schedule-edit"),
    path(SCHEDULE + "switch/", views.schedule_switch, name="schedule-switch"),
    path(SCHEDULE + "fire/", views.schedule_fire, name="schedule-fire"),
    path(SCHEDULE + "backfill/", views.schedule_backfill, name="schedule-backfill"),
    path(SCHEDULE + "address/", views.schedule_address, name="schedule-address"),
    path(SCHEDULE + "delete/", views.schedule_delete, name="schedule-delete"),
]

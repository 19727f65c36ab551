"""Whether the process lives and whether the studio is ready."""

from django.urls import path

from studio.health import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

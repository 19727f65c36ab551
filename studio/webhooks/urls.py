"""Pages of webhooks, below `/w/<workspace>/`."""

from django.urls import path

from studio.webhooks import views

ONE = "webhooks/<int:webhook_id>/"

urlpatterns = [
    path("webhooks/", views.webhook_list, name="webhook-list"),
    path(ONE, views.webhook_detail, name="webhook-detail"),
    path(ONE + "edit/", views.webhook_edit, name="webhook-edit"),
    path(ONE + "switch/", views.webhook_switch, name="webhook-switch"),
    path(ONE + "test/", views.webhook_test, name="webhook-test"),
    path(ONE + "delete/", views.webhook_delete, name="webhook-delete"),
    path(ONE + "deliveries/<int:delivery_id>/redeliver/", views.webhook_redeliver, name="webhook-redeliver"),
]

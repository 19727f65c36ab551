"""REST paths of webhooks, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.webhooks import api

urlpatterns = [
    path("webhooks", api.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/<int:webhook_id>", api.Webhook.as_view(), name="api-webhook"),
    path("webhooks/<int:webhook_id>/test", api.Test.as_view(), name="api-webhook-test"),
    path("webhooks/<int:webhook_id>/deliveries", api.Deliveries.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/redeliver",
        api.Redeliver.as_view(),
        name="api-webhook-redeliver",
    ),
]

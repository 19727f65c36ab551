"""Webhooks over REST."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from studio import access
from studio.access import Permission
from studio.api import fields, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.webhooks import models, queries, serializers, services

MANAGE = Permission.WEBHOOK_MANAGE


class Webhooks(WorkspaceAPIView):
    policy: ClassVar = {"GET": MANAGE, "POST": MANAGE}

    @extend_schema(operation_id="webhooks_list", responses={200: serializers.WebhookList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.listing(self.workspace)
        return Response(pagination.answer(request, rows, order=("-created_at", "-id"), show=serializers.webhook))

    @extend_schema(request=serializers.NewWebhook, responses={201: serializers.WebhookAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewWebhook, request.data)
        made = services.create_webhook(actor=request.user, workspace=self.workspace, **values)
        return Response(serializers.webhook(made), status=201)


class Webhook(WorkspaceAPIView):
    policy: ClassVar = {"GET": MANAGE, "PATCH": MANAGE, "DELETE": MANAGE}

    @extend_schema(responses={200: serializers.WebhookAnswer})
    def get(self, request: Request, workspace: str, webhook_id: int) -> Response:
        return Response(serializers.webhook(access.get_or_404(request, models.Webhook, webhook_id, MANAGE)))

    @extend_schema(request=serializers.EditWebhook, responses={200: serializers.WebhookAnswer})
    def patch(self, request: Request, workspace: str, webhook_id: int) -> Response:
        webhook = access.get_or_404(request, models.Webhook, webhook_id, MANAGE)
        values = fields.clean(serializers.EditWebhook, request.data, partial=True)
        return Response(
            serializers.webhook(services.edit_webhook(actor=request.user, webhook=webhook, **values))
        )  # fmt: skip

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, webhook_id: int) -> Response:
        webhook = access.get_or_404(request, models.Webhook, webhook_id, MANAGE)
        services.delete_webhook(actor=request.user, webhook=webhook)
        return Response(status=204)


class Test(WorkspaceAPIView):
    """An example message, sent at once; the answer says what came of it."""

    policy: ClassVar = {"POST": MANAGE}

    @extend_schema(request=serializers.TestWebhook, responses={200: serializers.DeliveryAnswer})
    def post(self, request: Request, workspace: str, webhook_id: int) -> Response:
        webhook = access.get_or_404(request, models.Webhook, webhook_id, MANAGE)
        values = fields.clean(serializers.TestWebhook, request.data)
        return Response(
            serializers.delivery(services.test_webhook(actor=request.user, webhook=webhook, **values))
        )  # fmt: skip


class Deliveries(WorkspaceAPIView):
    """The log of a webhook, newest first."""

    policy: ClassVar = {"GET": MANAGE}

    @extend_schema(operation_id="webhooks_deliveries_list", responses={200: serializers.DeliveryList})
    def get(self, request: Request, workspace: str, webhook_id: int) -> Response:
        webhook = access.get_or_404(request, models.Webhook, webhook_id, MANAGE)
        rows = queries.deliveries(webhook)
        return Response(pagination.answer(request, rows, order=("-id",), show=serializers.delivery))


class Redeliver(WorkspaceAPIView):
    """The same message once more."""

    policy: ClassVar = {"POST": MANAGE}

    @extend_schema(request=None, responses={201: serializers.DeliveryAnswer})
    def post(self, request: Request, workspace: str, webhook_id: int, delivery_id: int) -> Response:
        access.get_or_404(request, models.Webhook, webhook_id, MANAGE)
        delivery = access.get_or_404(
            request, models.WebhookDelivery, None, MANAGE, id=delivery_id, webhook=webhook_id
        )  # fmt: skip
        again = services.redeliver(actor=request.user, delivery=delivery)
        return Response(serializers.delivery(again), status=201)

"""Webhooks as MLflow's client manages them."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowView
from runs.mlflow_api.registry import finding, paging, shapes
from studio.access import Permission
from studio.webhooks import queries, services

DEFAULT_PAGE, LONGEST_PAGE = 100, 1_000
BODY_NOT_KEPT = "(What the receiver answers is not read by the studio: only its status is.)"
STATUSES = {1: "ACTIVE", 2: "DISABLED"}


class Webhooks(MlflowView):
    policy: ClassVar = {"GET": Permission.WEBHOOK_MANAGE, "POST": Permission.WEBHOOK_MANAGE}

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        size = fields.whole(body, "max_results", default=DEFAULT_PAGE) or DEFAULT_PAGE
        if not 1 <= size <= LONGEST_PAGE:
            raise fields.bad(f"max_results must be between 1 and {LONGEST_PAGE}.")
        rows = queries.listing(self.workspace)
        found, token = paging.page(rows, token=fields.text(body, "page_token"), size=size)
        answer: dict[str, Any] = {"webhooks": [shapes.webhook(row) for row in found]}
        return Response({**answer, "next_page_token": token} if token else answer)

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        webhook = services.create_webhook(
            actor=finding.person(request),
            workspace=self.workspace,
            name=fields.required(body, "name"),
            url=fields.required(body, "url"),
            events=_events(body),
            description=fields.text(body, "description"),
            secret=fields.text(body, "secret"),
            status=_status(body) or "ACTIVE",
        )
        return Response({"webhook": shapes.webhook(webhook)})


class Webhook(MlflowView):
    policy: ClassVar = dict.fromkeys(("GET", "PATCH", "DELETE"), Permission.WEBHOOK_MANAGE)

    def get(self, request: Request, workspace: str, webhook_id: str) -> Response:
        return Response({"webhook": shapes.webhook(finding.webhook(request, webhook_id))})

    def patch(self, request: Request, workspace: str, webhook_id: str) -> Response:
        webhook = finding.webhook(request, webhook_id)
        body = fields.body_of(request)
        changed = services.edit_webhook(
            actor=finding.person(request),
            webhook=webhook,
            name=fields.text(body, "name") or None,
            url=fields.text(body, "url") or None,
            events=_events(body) or None,
            description=fields.text(body, "description") if "description" in body else None,
            secret=fields.text(body, "secret") if "secret" in body else None,
            status=_status(body),
        )
        return Response({"webhook": shapes.webhook(changed)})

    def delete(self, request: Request, workspace: str, webhook_id: str) -> Response:
        services.delete_webhook(actor=finding.person(request), webhook=finding.webhook(request, webhook_id))
        return Response({})


class Test(MlflowView):
    """An example sent at once. Of the answer only its status is told: the address may be somebody's own network."""

    policy: ClassVar = {"POST": Permission.WEBHOOK_MANAGE}

    def post(self, request: Request, workspace: str, webhook_id: str) -> Response:
        webhook = finding.webhook(request, webhook_id)
        body = fields.body_of(request)
        event = _event(body["event"]) if body.get("event") else ""
        delivery = services.test_webhook(actor=finding.person(request), webhook=webhook, event=event)
        result: dict[str, Any] = {"success": delivery.state == delivery.State.DELIVERED}
        if delivery.status_code is not None:
            result |= {"response_status": delivery.status_code, "response_body": BODY_NOT_KEPT}
        elif delivery.error:
            result["error_message"] = delivery.error
        return Response({"result": result})


def _events(body: fields.Body) -> list[str]:
    return [_event(item) for item in fields.items(body, "events")]


def _event(item: Any) -> str:
    """`{"entity": "MODEL_VERSION", "action": "CREATED"}` → `model_version.created`."""
    if not isinstance(item, dict):
        raise fields.invalid_type("events", item)
    return f"{fields.required(item, 'entity')}.{fields.required(item, 'action')}".lower()


def _status(body: fields.Body) -> str | None:
    value = body.get("status")
    if isinstance(value, int) and not isinstance(value, bool):
        return STATUSES.get(value, str(value)[:20])
    return fields.text(body, "status") or None

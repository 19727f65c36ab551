"""Webhooks of a workspace, for its owners: the list, one with its log, and what can be done."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from studio import access
from studio.access import Permission
from studio.api import pagination
from studio.errors import StudioError
from studio.web.forms import blame
from studio.web.page import page
from studio.webhooks import forms, models, queries, services

MANAGE = Permission.WEBHOOK_MANAGE
PAGE_ROWS = 50


@sensitive_post_parameters("secret")
@login_required
@require_http_methods(["GET", "POST"])
def webhook_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every webhook with what became of its messages; POST adds one."""
    found = access.workspace_or_404(request, MANAGE)
    form = forms.WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_webhook(actor=request.user, workspace=found, **form.cleaned_data)
        except StudioError as error:
            blame(form, error)
        else:
            messages.success(request, f"{made.name} is told from now on. Send a test to see that it arrives.")
            return redirect("webhook-detail", workspace=workspace, webhook_id=made.pk)
    context = {"workspace": found, "webhooks": queries.with_counts(queries.listing(found)), "form": form}
    return page(request, "studio/webhooks/list.html", context, part="rows", status=422 if form.is_bound else 200)


@login_required
@require_GET
def webhook_detail(request: HttpRequest, workspace: str, webhook_id: int) -> HttpResponse:
    """One webhook and its log."""
    webhook = _webhook(request, webhook_id)
    return _detail(request, webhook, form=_filled(webhook))


@sensitive_post_parameters("secret")
@login_required
@require_POST
def webhook_edit(request: HttpRequest, workspace: str, webhook_id: int) -> HttpResponse:
    webhook = _webhook(request, webhook_id)
    form = forms.EditWebhookForm(request.POST)
    if not form.is_valid():
        return _detail(request, webhook, form=form, status=422)
    values = {**form.cleaned_data, "secret": form.cleaned_data["secret"] or None}
    try:
        services.edit_webhook(actor=request.user, webhook=webhook, **values)
    except StudioError as error:
        blame(form, error)
        return _detail(request, webhook, form=form, status=422)
    messages.success(request, "The webhook was saved.")
    return redirect("webhook-detail", workspace=workspace, webhook_id=webhook.pk)


@login_required
@require_POST
def webhook_switch(request: HttpRequest, workspace: str, webhook_id: int) -> HttpResponse:
    """Disable an active webhook, activate a disabled one."""
    webhook = _webhook(request, webhook_id)
    status = models.Webhook.Status.DISABLED if webhook.is_active else models.Webhook.Status.ACTIVE
    services.edit_webhook(actor=request.user, webhook=webhook, status=status)
    return redirect("webhook-detail", workspace=workspace, webhook_id=webhook.pk)


@login_required
@require_POST
def webhook_test(request: HttpRequest, workspace: str, webhook_id: int) -> HttpResponse:
    """Send an example and say what came of it."""
    webhook = _webhook(request, webhook_id)
    delivery = services.test_webhook(actor=request.user, webhook=webhook)
    if delivery.state == delivery.State.DELIVERED:
        messages.success(request, f"The test arrived: the server answered {delivery.status_code}.")
    else:
        messages.error(request, f"The test did not arrive. {delivery.error}")
    return redirect("webhook-detail", workspace=workspace, webhook_id=webhook.pk)


@login_required
@require_POST
def webhook_delete(request: HttpRequest, workspace: str, webhook_id: int) -> HttpResponse:
    webhook = _webhook(request, webhook_id)
    services.delete_webhook(actor=request.user, webhook=webhook)
    messages.success(request, f"{webhook.name} was deleted.")
    return redirect("webhook-list", workspace=workspace)


@login_required
@require_POST
def webhook_redeliver(request: HttpRequest, workspace: str, webhook_id: int, delivery_id: int) -> HttpResponse:
    """The same message once more."""
    webhook = _webhook(request, webhook_id)
    delivery = access.get_or_404(request, models.WebhookDelivery, None, MANAGE, id=delivery_id, webhook=webhook.pk)
    services.redeliver(actor=request.user, delivery=delivery)
    messages.success(request, "The message is sent again.")
    return redirect("webhook-detail", workspace=workspace, webhook_id=webhook.pk)


def _webhook(request: HttpRequest, webhook_id: int) -> models.Webhook:
    """Who may not manage webhooks is told so; that there are any is no secret among members."""
    access.workspace_or_404(request, MANAGE)
    return access.get_or_404(request, models.Webhook, webhook_id, MANAGE)


def _filled(webhook: models.Webhook) -> forms.EditWebhookForm:
    return forms.EditWebhookForm(
        initial={
            "name": webhook.name,
            "url": webhook.url,
            "events": webhook.events,
            "description": webhook.description,
        }
    )


def _detail(
    request: HttpRequest, webhook: models.Webhook, *, form: forms.WebhookForm, status: int = 200
) -> HttpResponse:
    log = pagination.page_of(
        queries.deliveries(webhook), order=("-id",), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )
    context: dict[str, Any] = {
        "workspace": webhook.workspace,
        "webhook": webhook,
        "rows": [(delivery, _indented(delivery.body)) for delivery in log.rows],
        "next_url": f"?{pagination.query_with(request.GET, cursor=log.next)}" if log.next else "",
        "previous_url": f"?{pagination.query_with(request.GET, cursor=log.previous)}" if log.previous else "",
        "form": form,
    }
    return page(request, "studio/webhooks/detail.html", context, part="webhook", status=status)


def _indented(body: str) -> str:
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)

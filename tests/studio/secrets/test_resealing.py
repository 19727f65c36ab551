"""Stored secrets under a new key."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from studio.access.models import Workspace
from studio.secrets import box
from studio.webhooks import services
from studio.webhooks.models import Webhook

pytestmark = pytest.mark.django_db


def make_hook(workspace: Workspace, name: str, secret: str) -> Webhook:
    return services.create_webhook(
        actor=None,
        workspace=workspace,
        name=name,
        url="https://93.184.215.14/hook",
        events=["model_version.created"],
        secret=secret,
    )


def change_key(settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key altogether", [settings.SECRET_KEY]


def resealed() -> str:
    out = StringIO()
    call_command("reseal_secrets", stdout=out)
    return out.getvalue()


def test_secrets_open_without_the_earlier_key_after_they_were_sealed_anew(workspace: Workspace, settings: Any) -> None:
    hook, bare = make_hook(workspace, "ci", "word"), make_hook(workspace, "bare", "")
    stamp = hook.updated_at
    change_key(settings)
    assert "1 sealed anew, 0 were already" in resealed()
    assert "0 sealed anew, 1 were already" in resealed()
    settings.SECRET_KEY_FALLBACKS = []
    hook.refresh_from_db()
    bare.refresh_from_db()
    assert services.secret_of(webhook=hook) == "word"
    assert (services.secret_of(webhook=bare), hook.updated_at) == ("", stamp)


def test_what_no_key_opens_is_named_and_the_rest_is_moved(workspace: Workspace, settings: Any) -> None:
    lost, kept = make_hook(workspace, "lost", "a"), make_hook(workspace, "kept", "b")
    Webhook.objects.filter(pk=lost.pk).update(secret=box.seal("a", purpose="of something else"))
    change_key(settings)
    with pytest.raises(CommandError, match=f"{workspace.slug}/lost"):
        resealed()
    kept.refresh_from_db()
    assert box.is_current(kept.secret)

"""Secrets from before the vault move into it."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from studio.access.models import Workspace
from studio.errors import Unavailable
from studio.secrets import box, sealing
from studio.webhooks import services
from studio.webhooks.models import Webhook
from tests.people import People

pytestmark = pytest.mark.django_db


def make_old_hook(workspace: Workspace, name: str, secret: str, purpose: str = "") -> Webhook:
    """As a version before the vault left it."""
    hook = services.create_webhook(
        actor=None,
        workspace=workspace,
        name=name,
        url="https://93.184.215.14/hook",
        events=["model_version.created"],
    )
    hook.secret = box.seal(secret, purpose=purpose or f"webhook:{hook.pk}:secret") if secret else ""
    hook.save()
    return hook


def resealed() -> str:
    out = StringIO()
    call_command("reseal_secrets", stdout=out)
    return out.getvalue()


def test_secrets_open_before_and_after_they_were_moved_and_need_no_secret_key_then(
    workspace: Workspace, settings: Any
) -> None:
    hook, bare = make_old_hook(workspace, "ci", "word"), make_old_hook(workspace, "bare", "")
    assert services.secret_of(webhook=hook) == "word"
    stamp = hook.updated_at
    assert "1 sealed anew, 0 were already" in resealed()
    assert "0 sealed anew, 1 were already" in resealed()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key altogether", []
    hook.refresh_from_db()
    bare.refresh_from_db()
    assert services.secret_of(webhook=hook) == "word"
    assert (services.secret_of(webhook=bare), hook.updated_at) == ("", stamp)


def test_what_no_key_opens_is_named_and_the_rest_is_moved(workspace: Workspace) -> None:
    make_old_hook(workspace, "lost", "a", "of something else")
    kept = make_old_hook(workspace, "kept", "b")
    with pytest.raises(CommandError, match=f"{workspace.slug}/lost"):
        resealed()
    kept.refresh_from_db()
    assert sealing.is_current(kept.secret)


def test_a_sealed_column_opens_for_its_row_and_workspace_alone(workspace: Workspace, people: People) -> None:
    sealed = sealing.seal("word", workspace=workspace, purpose="webhook:1:secret")
    assert sealing.unseal(sealed, workspace=workspace, purpose="webhook:1:secret") == "word"
    for other, purpose in ((workspace, "webhook:2:secret"), (people.elsewhere, "webhook:1:secret")):
        with pytest.raises(Unavailable):
            sealing.unseal(sealed, workspace=other, purpose=purpose)

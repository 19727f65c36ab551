"""Endpoints: made, described, deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.endpoints import keys, names, state
from registry.endpoints.models import Deployment, Endpoint
from registry.endpoints.services import changing, telling, waking
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from studio.lineage import services as lineage
from studio.lineage.things import Thing


def create_endpoint(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str,
    auth_mode: str = "key",
    description: str = "",
    tags: Mapping[str, Any] | None = None,
    properties: Mapping[str, Any] | None = None,
) -> Endpoint:
    """An endpoint without deployments, with two keys. Raises Conflict `endpoint_exists`, Invalid."""
    endpoint = Endpoint(
        workspace=workspace,
        name=names.endpoint_name(name),
        auth_mode=_auth_mode(auth_mode),
        description=names.description(description),
        tags=names.tags(tags or {}),
        properties=names.tags(properties or {}, what="properties"),
        created_by=actor,
    )
    try:
        with transaction.atomic():
            endpoint.save()
            changed = [column for which in keys.WHICH for column in keys.put(endpoint, which, keys.make())]
            endpoint.save(update_fields=changed)
            telling.note_endpoint(actor=actor, endpoint=endpoint, verb="created")
            waking.table(endpoint)
    except IntegrityError:
        raise Conflict("endpoint_exists", f"There is an endpoint {name} already.", hint="Use another name.") from None
    return endpoint


def edit_endpoint(
    *,
    actor: User | None,
    endpoint: Endpoint,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    properties: Mapping[str, Any] | None = None,
    auth_mode: str | None = None,
) -> Endpoint:
    """Other words, or another way to prove who asks. What is None stays."""
    refuse_deleting(endpoint)
    changes: dict[str, Any] = {}
    if description is not None:
        changes["description"] = names.description(description)
    if tags is not None:
        changes["tags"] = names.tags(tags)
    if properties is not None:
        changes["properties"] = names.tags(properties, what="properties")
    if auth_mode is not None:
        changes["auth_mode"] = _auth_mode(auth_mode)
    with transaction.atomic():
        state.changed(endpoint.pk, **changes)
        endpoint.refresh_from_db()
        telling.note_endpoint(actor=actor, endpoint=endpoint, verb="edited")
        waking.table(endpoint)
    return endpoint


def delete_endpoint(*, actor: User | None, endpoint: Endpoint) -> None:
    """The endpoint with all its deployments. It answers nobody any more; it is gone with its last instance."""
    if endpoint.is_deleting:
        return
    with transaction.atomic():
        state.changed(endpoint.pk, is_deleting=True, traffic={}, mirror_traffic={}, previous_traffic={})
        endpoint.refresh_from_db()
        telling.note_endpoint(actor=actor, endpoint=endpoint, verb="deleted")
        waking.table(endpoint)
        deployments = list(Deployment.objects.filter(endpoint=endpoint).select_related("endpoint__workspace"))
        for deployment in deployments:
            if deployment.state != Deployment.State.DELETING:
                changing.begin_deletion(deployment, actor=actor)
        if not deployments:
            drop(endpoint)


def drop(endpoint: Endpoint) -> None:
    """Remove the row of an endpoint whose deployments are gone."""
    lineage.forget(workspace=endpoint.workspace, thing=Thing("endpoint", str(endpoint.pk)))
    telling.hint(endpoint)
    Endpoint.objects.filter(pk=endpoint.pk, deployments=None).delete()


def refuse_deleting(endpoint: Endpoint) -> None:
    if endpoint.is_deleting:
        raise Conflict("endpoint_deleting", f"The endpoint {endpoint.name} is being deleted.")


def touch(endpoint: Endpoint) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(updated_at=timezone.now())


def _auth_mode(given: Any) -> str:
    """`key` or `aml_token`; a token of a directory (`aad_token`) is one of ours here."""
    text = str(given).lower()
    if text in ("aad_token", "amltoken", "aadtoken"):
        return str(Endpoint.AuthMode.TOKEN)
    if text not in Endpoint.AuthMode.values:
        raise names.bad("auth_mode", f"{str(given)[:40]!r} is no auth_mode.", hint="Give key or aml_token.")
    return text

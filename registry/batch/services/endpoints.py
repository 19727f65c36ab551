"""Batch endpoints: made, described, deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.batch import names
from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob
from registry.batch.services import telling
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict


def create_endpoint(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str,
    description: str = "",
    tags: Mapping[str, Any] | None = None,
) -> BatchEndpoint:
    """A batch endpoint without deployments. Raises Conflict `batch_endpoint_exists`, Invalid."""
    endpoint = BatchEndpoint(
        workspace=workspace,
        name=names.endpoint_name(name),
        description=names.description(description),
        tags=names.tags(tags or {}),
        created_by=actor,
    )
    try:
        with transaction.atomic():
            endpoint.save()
            telling.note_endpoint(actor=actor, endpoint=endpoint, verb="created")
    except IntegrityError:
        raise Conflict(
            "batch_endpoint_exists", f"There is a batch endpoint {name} already.", hint="Use another name."
        ) from None
    return endpoint


def edit_endpoint(
    *,
    actor: User | None,
    endpoint: BatchEndpoint,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    default_deployment: str | None = None,
) -> BatchEndpoint:
    """Other words, or another deployment that scores when none is named ("" for none). What is None stays."""
    changes: dict[str, Any] = {"updated_at": timezone.now()}
    if description is not None:
        changes["description"] = names.description(description)
    if tags is not None:
        changes["tags"] = names.tags(tags)
    with transaction.atomic():
        if default_deployment is not None:
            changes["default_deployment"] = _deployed(endpoint, default_deployment)
        BatchEndpoint.objects.filter(pk=endpoint.pk).update(**changes)
        endpoint.refresh_from_db(fields=list(changes))
        telling.note_endpoint(actor=actor, endpoint=endpoint, verb="edited")
    return endpoint


def delete_endpoint(*, actor: User | None, endpoint: BatchEndpoint) -> None:
    """The endpoint with its deployments; what they scored stays. Raises Conflict while one of its jobs runs."""
    with transaction.atomic():
        refuse_working(BatchJob.objects.filter(deployment__endpoint=endpoint), f"The batch endpoint {endpoint.name}")
        telling.note_endpoint(actor=actor, endpoint=endpoint, verb="deleted")
        BatchEndpoint.objects.filter(pk=endpoint.pk).delete()


def refuse_working(jobs: Any, what: str, verb: str = "deleted") -> None:
    """Raise Conflict when one of these jobs has not ended."""
    found = jobs.exclude(state__in=BatchJob.FINAL).first()
    if found is not None:
        raise Conflict(
            "batch_busy", f"{what} can't be {verb}: its job {found.pk} is {found.state}.",
            hint="Cancel the job, or wait for its end.",
        )  # fmt: skip


def _deployed(endpoint: BatchEndpoint, name: str) -> str:
    if name and not BatchDeployment.objects.filter(endpoint=endpoint, name=name).exists():
        raise names.bad("default_deployment", f"The batch endpoint {endpoint.name} has no deployment {name[:60]!r}.")
    return name

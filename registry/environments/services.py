"""Environments: one row per content."""

from django.db import IntegrityError, transaction

from registry.environments.definitions import Definition
from registry.environments.models import Environment
from studio.access.models import Workspace


def resolve(*, workspace: Workspace, definition: Definition) -> Environment:
    """The workspace's environment of this content, made when it is new."""
    digest = definition.digest
    found = Environment.objects.filter(workspace=workspace, digest=digest).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Environment.objects.create(
                workspace=workspace, digest=digest, kind=definition.kind, definition=definition.to_json()
            )
    except IntegrityError:
        return Environment.objects.get(workspace=workspace, digest=digest)

"""The datastore that every workspace has from the start."""

from django.db import IntegrityError, transaction

from registry.data.datastores.models import Datastore
from studio.access.models import Workspace

DEFAULT_NAME = "default"


def ensure_default(workspace: Workspace) -> Datastore:
    """The workspace's default datastore; the first who asks makes it: a folder the studio keeps."""
    found = Datastore.objects.filter(workspace=workspace, is_default=True).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Datastore.objects.create(
                workspace=workspace, name=DEFAULT_NAME, kind=Datastore.Kind.FOLDER, is_default=True,
                description="What uploads and jobs write to unless told otherwise.",
            )  # fmt: skip
    except IntegrityError:  # somebody asked at the same moment
        return Datastore.objects.get(workspace=workspace, is_default=True)

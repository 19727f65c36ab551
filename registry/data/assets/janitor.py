"""Cleaning up files of ours that belong to no version."""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.data.assets.models import DataVersion, ManagedFolder
from registry.data.datastores import opening
from registry.data.datastores.kinds.base import FileStore
from studio.errors import NotFound, StudioError

logger = logging.getLogger(__name__)
UNCLAIMED = timedelta(days=7)  # so long may pass between an upload and its registration
BATCH = 50
SECONDS = 60.0


def due() -> "list[ManagedFolder]":
    """Folders whose version was deleted, or that no version claimed in time."""
    late = Q(created_at__lt=timezone.now() - UNCLAIMED)
    rows = ManagedFolder.objects.filter(Q(released_at__isnull=False) | late, version=None)
    return list(rows.select_related("datastore__workspace").order_by("problem", "pk")[:BATCH])


def remove_released() -> bool:
    """Remove such folders for a while; answers whether some are left that can be removed."""
    until = time.monotonic() + SECONDS
    folders = due()
    for folder in folders:
        if not _remove(folder, until):
            return time.monotonic() >= until
    return len(folders) == BATCH


def _remove(folder: ManagedFolder, until: float) -> bool:
    """Whether the work on the folder came to an end, if only for now."""
    if _hand_on(folder):
        return True
    try:
        store = opening.file_store(folder.datastore)
        is_empty = _empty(store, folder.path, until)
    except (StudioError, OSError) as error:
        logger.warning("the files in %s were not removed: %s", folder, error)
        ManagedFolder.objects.filter(pk=folder.pk).update(problem=str(error)[:500])
        return True
    if is_empty:
        folder.delete()
    return is_empty


def _hand_on(folder: ManagedFolder) -> bool:
    """Whether another version lies there as well: the files are that one's then, and go with it."""
    below = Q(path=folder.path) | Q(path__startswith=folder.path + "/")
    heir = DataVersion.objects.filter(below, datastore=folder.datastore_id).order_by("pk").first()
    if heir is None:
        return False
    with transaction.atomic():
        DataVersion.objects.filter(pk=heir.pk).update(is_managed=True)
        ManagedFolder.objects.filter(pk=folder.pk, version=None).update(version=heir, released_at=None)
    return True


def _empty(store: FileStore, path: str, until: float) -> bool:
    """Remove all files below a folder, then the folders; answers False when the time is over."""
    try:
        files = [entry.path for entry in store.walk(path)]
    except NotFound:
        return True
    for file in files:
        if time.monotonic() > until:
            return False
        _delete(store, file)
    folders = {path, *(file[:at] for file in files for at in _slashes(file) if at > len(path))}
    for folder in sorted(folders, key=len, reverse=True):
        _delete(store, folder)
    return True


def _slashes(path: str) -> list[int]:
    return [at for at, letter in enumerate(path) if letter == "/"]


def _delete(store: FileStore, path: str) -> None:
    try:
        store.delete(path)
    except NotFound:
        pass  # gone already: another worker, or a store that knows no folders

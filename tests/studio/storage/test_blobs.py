"""Blobs: kept once, whole, or not at all."""

import hashlib
import io
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from runs.tracking.models import Artifact
from studio.access.models import Workspace
from studio.errors import Invalid, NoSpace, TooLarge, Unavailable
from studio.storage import blobs, janitor, stores
from studio.storage.models import Blob
from tests.factories import make_run
from tests.people import People


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    options = {"location": tmp_path / "storage", "base_url": None}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    return tmp_path / "storage"


def keep(workspace: Workspace, data: bytes = b"hello", **options: Any) -> Blob:
    return blobs.store(workspace=workspace, stream=io.BytesIO(data), limit=1000, **options)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_equal_bytes_of_a_workspace_are_one_object(workspace: Workspace, folder: Path) -> None:
    first, second = keep(workspace), keep(workspace)
    assert first.pk == second.pk
    assert first.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert len(files_in(folder)) == 1


def test_two_workspaces_never_share_an_object(people: People) -> None:
    assert keep(people.workspace).pk != keep(people.elsewhere).pk


def test_A44_a_stream_above_the_limit_leaves_nothing(workspace: Workspace, folder: Path) -> None:
    with pytest.raises(TooLarge):
        keep(workspace, b"x" * 1001)
    assert not files_in(folder)
    assert not Blob.objects.exists()


def test_bytes_other_than_announced_leave_nothing(workspace: Workspace, folder: Path) -> None:
    with pytest.raises(Invalid):
        keep(workspace, sha256="0" * 64)
    assert not files_in(folder)


def test_a_stream_that_breaks_off_leaves_nothing(workspace: Workspace, folder: Path) -> None:
    class Broken:
        def __init__(self) -> None:
            self.left = 2

        def read(self, size: int = -1, /) -> bytes:
            self.left -= 1
            if not self.left:
                raise ConnectionResetError("gone")
            return b"half"

    with pytest.raises(ConnectionResetError):
        blobs.store(workspace=workspace, stream=Broken(), limit=1000)
    assert not files_in(folder)
    assert not Blob.objects.exists()


def test_F15_below_the_reserve_nothing_is_written_and_reading_goes_on(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep(workspace)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10**12, used=10**12, free=10**6))
        with pytest.raises(NoSpace):
            keep(workspace, b"more")
        assert b"".join(blobs.read_range(kept)) == b"hello"
    assert keep(workspace, b"more").size == 4


def test_a_range_is_read_without_the_rest(workspace: Workspace) -> None:
    blob = keep(workspace, bytes(range(100)))
    assert b"".join(blobs.read_range(blob, 10, 20)) == bytes(range(10, 20))
    assert b"".join(blobs.read_range(blob, 95)) == bytes(range(95, 100))


def test_a_lost_object_is_said_plainly(workspace: Workspace, folder: Path) -> None:
    blob = keep(workspace)
    stores.delete_object(blob.key)
    with pytest.raises(Unavailable):
        blobs.open_blob(blob)


def test_the_janitor_removes_only_what_nobody_owns_and_is_old(workspace: Workspace, folder: Path) -> None:
    owned, orphan, young = keep(workspace, b"owned"), keep(workspace, b"orphan"), keep(workspace, b"young")
    Artifact.objects.create(run=make_run(workspace), path="a", blob=owned, size=5, content_type="text/plain")
    Blob.objects.exclude(pk=young.pk).update(created_at=timezone.now() - timedelta(days=2))
    assert janitor.remove_unowned() == 1
    assert set(Blob.objects.values_list("pk", flat=True)) == {owned.pk, young.pk}
    assert len(files_in(folder)) == 2
    assert not stores.store().exists(orphan.key)


def test_storing_again_keeps_a_blob_from_the_janitor(workspace: Workspace) -> None:
    blob = keep(workspace)
    Blob.objects.update(created_at=timezone.now() - timedelta(days=2))
    keep(workspace)
    assert janitor.remove_unowned() == 0
    assert Blob.objects.filter(pk=blob.pk).exists()


def test_the_janitor_removes_unfinished_uploads(folder: Path) -> None:
    import os
    import time

    incoming = stores.incoming_folder()
    incoming.mkdir(parents=True)
    old, new = incoming / "old", incoming / "new"
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert janitor.remove_unfinished() == 1
    assert list(incoming.iterdir()) == [new]

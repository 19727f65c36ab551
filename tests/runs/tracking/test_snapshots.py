"""Snapshots: what is inside is what counts, and only plain files come in."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from atelier import _snapshot
from django.conf import settings as django_settings

from runs.tracking.models import Snapshot
from runs.tracking.services import snapshots
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, StudioError, TooLarge
from studio.storage import folders
from studio.storage.models import Blob


def zipped(*members: tuple[Any, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members:
            archive.writestr(member, data)
    return target.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def digest_of(data: bytes) -> str:
    return snapshots.digest_of(folders.read_manifest(io.BytesIO(data)))


@pytest.fixture
def store(workspace: Workspace, ben: User) -> Callable[..., Snapshot]:
    def call(data: bytes, digest: str = "") -> Snapshot:
        return snapshots.store_snapshot(
            actor=ben, workspace=workspace, digest=digest or digest_of(data), stream=io.BytesIO(data)
        )

    return call


def test_the_digest_is_the_clients_for_the_same_tree(store: Callable[..., Snapshot], tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "train.py").write_text("print('hi')")
    (tmp_path / "lib" / "é.py").write_text("x = 1")
    (tmp_path / "empty").write_bytes(b"")
    target = io.BytesIO()
    digest = _snapshot.write_zip(_snapshot.scan(tmp_path), target)
    found = store(target.getvalue(), digest)
    assert found.digest == digest
    assert [item["path"] for item in found.manifest] == ["empty", "lib/é.py", "train.py"]
    assert found.size == sum(item["size"] for item in found.manifest)


def test_the_same_tree_is_stored_once_however_it_was_zipped(store: Callable[..., Snapshot]) -> None:
    first = store(zipped(("a.py", b"1"), ("b.py", b"2")))
    second = store(zipped(("b.py", b"2"), ("a.py", b"1")))
    assert first.pk == second.pk
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("A39-traversal", "../../x"),
        ("A39-absolute", "/abs"),
        ("A39-drive", "C:\\x"),
        ("A39-backslash", "..\\x"),
        ("A39-symlink", special("link", stat.S_IFLNK | 0o777)),
        ("A40-fifo", special("pipe", stat.S_IFIFO | 0o644)),
        ("A40-device", special("disk", stat.S_IFBLK | 0o644)),
        ("A39-folder", special("folder/", stat.S_IFDIR | 0o755)),
        ("A42-escape", "a\x1bb"),
        ("A43-decomposed", "cafe\u0301"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("A") else "",
)
def test_A39_a_member_that_is_no_plain_file_of_a_proper_name_is_refused(
    store: Callable[..., Snapshot], name: str, member: Any
) -> None:
    data = zipped(("ok.py", b"1"), (member, b"target"))
    with pytest.raises(Invalid) as caught:
        store(data, "0" * 64)
    assert caught.value.message
    assert not Snapshot.objects.exists()


def test_A39_a_name_that_is_there_twice_is_refused(store: Callable[..., Snapshot]) -> None:
    with pytest.warns(UserWarning):
        data = zipped(("a.py", b"1"), ("a.py", b"2"))
    with pytest.raises(Invalid):
        store(data, "0" * 64)


def test_A39_a_file_that_is_a_folder_as_well_is_refused(store: Callable[..., Snapshot]) -> None:
    with pytest.raises(Invalid):
        store(zipped(("a", b"1"), ("a/b", b"2")), "0" * 64)


def test_A41_a_bomb_is_refused_before_it_is_unpacked(store: Callable[..., Snapshot]) -> None:
    data = zipped(("zeros", b"\0" * 50_000_000))
    assert len(data) < 100_000
    with pytest.raises(TooLarge):
        store(data, "0" * 64)


def test_A41_a_zip_whose_directory_lies_about_sizes_is_refused(store: Callable[..., Snapshot]) -> None:
    data = bytearray(zipped(("zeros", b"\0" * 1_000_000)))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 10)  # uncompressed size in the central directory
    with pytest.raises(StudioError) as caught:
        store(bytes(data), "0" * 64)
    assert caught.value.status in (400, 413)


def test_A41_too_many_members_are_refused(store: Callable[..., Snapshot], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_FILES", 3)
    with pytest.raises(TooLarge):
        store(zipped(*((f"f{n}", b"") for n in range(4))), "0" * 64)


def test_A41_a_million_entries_are_counted_before_they_are_read(store: Callable[..., Snapshot]) -> None:
    import time

    member = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = member * 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(directory), 0, 0)
    began = time.perf_counter()
    with pytest.raises(TooLarge):
        store(directory + end, "0" * 64)
    assert time.perf_counter() - began < 5


def test_only_deflate_is_unpacked(store: Callable[..., Snapshot]) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"1")
    with pytest.raises(Invalid):
        store(target.getvalue(), "0" * 64)


def test_more_than_the_limit_is_refused_with_a_way_out(store: Callable[..., Snapshot], settings: Any) -> None:
    settings.SNAPSHOT_LIMIT_BYTES = 1000
    with pytest.raises(TooLarge) as caught:
        store(zipped(("a", b"ab" * 600)), "0" * 64)
    assert ".amlignore" in caught.value.hint
    assert django_settings.SNAPSHOT_LIMIT_BYTES == 1000


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 40, zipped(("a", b"1"))[:-10]])
def test_what_is_no_zip_is_refused(store: Callable[..., Snapshot], data: bytes) -> None:
    with pytest.raises(Invalid):
        store(data, "0" * 64)
    assert not Snapshot.objects.exists()


def test_an_encrypted_member_is_refused(store: Callable[..., Snapshot]) -> None:
    data = bytearray(zipped(("a", b"1")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    with pytest.raises(Invalid):
        store(bytes(data), "0" * 64)


def test_a_wrong_digest_is_refused_and_nothing_is_kept(store: Callable[..., Snapshot]) -> None:
    with pytest.raises(Invalid) as caught:
        store(zipped(("a", b"1")), "0" * 64)
    assert caught.value.code == "digest_differs"
    for bad in ("", "../x", "A" * 64, "0" * 63):
        with pytest.raises(Invalid):
            snapshots._check_digest(bad)
    assert not Snapshot.objects.exists()
    assert Blob.objects.count() == 1  # the janitor's

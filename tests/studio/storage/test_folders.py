"""Kept folders: only plain files come in, whatever the zip says, and nothing is written outside."""

import hashlib
import io
import stat
import struct
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio.access.models import Workspace
from studio.errors import Invalid, NotFound, StudioError, TooLarge
from studio.storage import blobs, folder_uploads, folders
from studio.storage.models import Blob
from tests.people import People


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


def keep(workspace: Workspace, data: bytes, sha256: str = "") -> Blob:
    return folders.store(workspace=workspace, stream=io.BytesIO(data), sha256=sha256)


def smuggle(workspace: Workspace, data: bytes) -> Blob:
    """Bytes kept as something else, an input file for example, and then named as a folder."""
    return blobs.store(workspace=workspace, stream=io.BytesIO(data), limit=10_000_000)


HOSTILE = [
    ("traversal", "../../x"),
    ("absolute", "/etc/passwd"),
    ("drive", "C:\\x"),
    ("backslash", "..\\x"),
    ("symlink", special("link", stat.S_IFLNK | 0o777)),
    ("fifo", special("pipe", stat.S_IFIFO | 0o644)),
    ("device", special("disk", stat.S_IFBLK | 0o644)),
    ("folder", special("folder/", stat.S_IFDIR | 0o755)),
    ("escape", "a\x1bb"),
    ("direction", "a\u202eb"),
    ("decomposed", "cafe\u0301"),
    ("below a file", "Dockerfile/x"),
]


@pytest.mark.parametrize(("name", "member"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_a_member_that_is_no_plain_file_of_a_proper_name_is_refused(
    workspace: Workspace, tmp_path: Path, name: str, member: Any
) -> None:
    data = zipped(("Dockerfile", b"FROM scratch"), (member, b"target"))
    with pytest.raises(Invalid):
        keep(workspace, data)
    assert not Blob.objects.exists()
    with pytest.raises(Invalid):
        folders.unpack(smuggle(workspace, data), tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*"))
    with pytest.raises(Invalid):
        folders.find(workspace=workspace, sha256=hashlib.sha256(data).hexdigest())


def test_a_bomb_is_refused_before_it_is_unpacked(workspace: Workspace, tmp_path: Path) -> None:
    data = zipped(("zeros", b"\0" * 50_000_000))
    with pytest.raises(TooLarge):
        keep(workspace, data)
    with pytest.raises(TooLarge):
        folders.unpack(smuggle(workspace, data), tmp_path / "out")


def test_a_directory_that_lies_about_sizes_writes_no_more_than_it_said(workspace: Workspace, tmp_path: Path) -> None:
    data = bytearray(zipped(("zeros", b"\0" * 1_000_000)))
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 24, 10)
    with pytest.raises(StudioError):
        keep(workspace, bytes(data))
    with pytest.raises(StudioError):
        folders.unpack(smuggle(workspace, bytes(data)), tmp_path / "out")
    assert sum(path.stat().st_size for path in (tmp_path / "out").rglob("*")) <= 10


def test_too_many_files_and_too_many_bytes_are_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(folders, "MAX_FILES", 3)
    with pytest.raises(TooLarge):
        keep(workspace, zipped(*((f"f{n}", b"") for n in range(4))))
    settings.SNAPSHOT_LIMIT_BYTES = 1000
    with pytest.raises(TooLarge):
        keep(workspace, zipped(("a", b"ab" * 600)))
    assert not Blob.objects.exists()


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 40, zipped(("a", b"1"))[:-10]])
def test_what_is_no_zip_is_refused(workspace: Workspace, data: bytes) -> None:
    with pytest.raises(Invalid):
        keep(workspace, data)


def test_damaged_bytes_are_refused(workspace: Workspace) -> None:
    data = bytearray(zipped(("a", bytes(range(256)) * 50)))
    data[45:60] = b"\xff" * 15
    with pytest.raises(Invalid):
        keep(workspace, bytes(data))


def test_a_kept_folder_is_listed_read_and_unpacked(workspace: Workspace, tmp_path: Path) -> None:
    data = zipped(("b/run.sh", b"echo"), (special("go", stat.S_IFREG | 0o755), b"#!/bin/sh"), ("é.txt", b""))
    blob = keep(workspace, data, hashlib.sha256(data).hexdigest())
    assert folders.find(workspace=workspace, sha256=blob.sha256) == blob
    assert [(file.path, file.size, file.is_executable) for file in folders.listing(blob)] == [
        ("b/run.sh", 4, False),
        ("go", 9, True),
        ("é.txt", 0, False),
    ]
    assert folders.read(blob, "b/run.sh") == b"echo"
    with pytest.raises(NotFound):
        folders.read(blob, "b")
    with pytest.raises(TooLarge):
        folders.read(blob, "go", limit=3)
    assert folders.unpack(blob, tmp_path / "out") == 13
    assert (tmp_path / "out/b/run.sh").read_text() == "echo"
    assert (tmp_path / "out/go").stat().st_mode & 0o111


def test_nothing_is_written_through_a_link_that_is_there(workspace: Workspace, tmp_path: Path) -> None:
    blob = keep(workspace, zipped(("b/run.sh", b"echo")))
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "b").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Invalid):
        folders.unpack(blob, tmp_path / "out")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_folder_of_another_workspace_is_not_found(people: People) -> None:
    blob = keep(people.elsewhere, zipped(("a", b"1")))
    with pytest.raises(NotFound):
        folders.find(workspace=people.workspace, sha256=blob.sha256)


def test_what_desktops_pack_is_made_plain_and_the_same_tree_is_one_blob(workspace: Workspace) -> None:
    once = zipped(("app/", b""), ("app/x.py", b"1"), ("__MACOSX/app/._x.py", b"junk"))
    again = zipped(("app/x.py", b"1"))
    kept = [
        folder_uploads.store(workspace=workspace, upload=SimpleNamespace(name="app.zip", file=io.BytesIO(data)))
        for data in (once, again)
    ]
    assert kept[0] == kept[1]
    assert [file.path for file in folders.listing(kept[0])] == ["app/x.py"]


def test_one_file_is_a_folder_of_itself(workspace: Workspace) -> None:
    upload = SimpleNamespace(name="score.py", file=io.BytesIO(b"def run(data): ..."))
    blob = folder_uploads.store(workspace=workspace, upload=upload)
    assert folders.read(blob, "score.py") == b"def run(data): ..."

"""A folder as a datastore: the contract, and what only folders can do wrong."""

import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.data.datastores.kinds.base import INCOMING, FileStore
from registry.data.datastores.kinds.local_folder import LocalFolder, LocalFolderKind
from registry.data.datastores.problems import DatastoreProblem
from studio.errors import Conflict, Invalid, NoSpace, StudioError
from tests.contracts.file_store import MB, FileStoreContract, Patterned, put


class TestOwnFolder(FileStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> FileStore:
        return LocalFolder(tmp_path / "ws" / "1", is_own=True)


class TestFolderOfTheOperator(FileStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, settings: Any) -> FileStore:
        (tmp_path / "srv" / "cars").mkdir(parents=True)
        settings.DATA_ROOTS = [tmp_path / "srv"]
        return LocalFolder(tmp_path / "srv" / "cars", is_own=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("hush")
    return tmp_path / "root"


@pytest.fixture
def store(root: Path) -> LocalFolder:
    return LocalFolder(root, is_own=True)


def test_a_link_out_of_the_datastore_is_never_followed(store: LocalFolder, root: Path) -> None:
    (root / "out").symlink_to(root.parent / "secret")
    (root / "key").symlink_to(root.parent / "secret" / "key")
    acts = [
        lambda: store.read("out/key"),
        lambda: store.read("key"),
        lambda: store.stat("key"),
        lambda: store.stat("out/key"),
        lambda: store.page("out"),
        lambda: list(store.walk("out")),
        lambda: store.write("out/new", io.BytesIO(b"x")),
        lambda: store.delete("out/key"),
        lambda: store.local_path("out/key"),
        lambda: store.local_path("key"),
    ]
    for act in acts:
        with pytest.raises(Invalid) as raised:
            act()
        assert raised.value.code == "link_refused"
    assert os.listdir(root.parent / "secret") == ["key"]


def test_a_link_is_listed_with_its_problem_and_walking_over_it_is_refused(store: LocalFolder, root: Path) -> None:
    put(store, "a")
    (root / "out").symlink_to(root.parent / "secret")
    assert [(entry.name, bool(entry.problem), entry.is_dir) for entry in store.entries()] == [
        ("a", False, False),
        ("out", True, False),
    ]
    with pytest.raises(Conflict):
        list(store.walk())


def test_overwriting_a_link_replaces_it_and_leaves_what_it_led_to(store: LocalFolder, root: Path) -> None:
    (root / "key").symlink_to(root.parent / "secret" / "key")
    with pytest.raises(Conflict):
        store.write("key", io.BytesIO(b"mine"))
    store.write("key", io.BytesIO(b"mine"), overwrite=True)
    assert (root.parent / "secret" / "key").read_text() == "hush" and b"".join(store.read("key")) == b"mine"


def test_a_link_can_be_deleted(store: LocalFolder, root: Path) -> None:
    (root / "key").symlink_to(root.parent / "secret" / "key")
    store.delete("key")
    assert not (root / "key").is_symlink() and (root.parent / "secret" / "key").exists()


def test_pipes_and_unreadable_names_are_no_files(store: LocalFolder, root: Path) -> None:
    os.mkfifo(root / "pipe")
    os.close(os.open(os.fsencode(root) + b"/bad\xff", os.O_CREAT))
    problems = {entry.name: entry.problem for entry in store.entries()}
    assert all(problems.values()) and len(problems) == 2 and all(name.isprintable() for name in problems)
    with pytest.raises(Conflict):
        store.read("pipe")


def test_a_file_in_the_way_of_a_folder_is_said(store: LocalFolder) -> None:
    put(store, "a")
    with pytest.raises(Conflict) as raised:
        put(store, "a/b")
    assert raised.value.code == "not_a_folder"
    put(store, "d/a")
    with pytest.raises(Conflict):
        store.write("d", io.BytesIO(b"x"), overwrite=True)


def test_an_empty_folder_can_be_deleted(store: LocalFolder, root: Path) -> None:
    (root / "d").mkdir()
    store.delete("d")
    assert store.stat("d") is None


def test_a_full_disk_is_507_and_leaves_nothing(store: LocalFolder, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = os.write, []

    def full(handle: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        return real(handle, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(NoSpace) as raised:
        store.write("big", io.BytesIO(b"x" * (5 << 20)))
    monkeypatch.undo()
    assert raised.value.code == "disk_full"
    assert store.stat("big") is None and os.listdir(root / INCOMING) == []


def test_a_disk_that_is_really_full_is_507_and_leaves_nothing(small_disk: Path) -> None:
    store = LocalFolder(small_disk / "own", is_own=True)
    with pytest.raises(NoSpace):
        store.write("big", Patterned(12 * MB))
    assert store.stat("big") is None and os.listdir(small_disk / "own" / INCOMING) == []
    put(store, "small")


def test_the_janitor_removes_what_a_killed_write_left_and_nothing_younger(store: LocalFolder, root: Path) -> None:
    put(store, "a")
    old, young = root / INCOMING / "old", root / INCOMING / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert store.tidy(older_than=timedelta(days=1)) == 1
    assert os.listdir(root / INCOMING) == ["young"] and [entry.name for entry in store.entries()] == ["a"]


def test_a_missing_root_is_said(tmp_path: Path, settings: Any) -> None:
    settings.DATA_ROOTS = [tmp_path]
    with pytest.raises(DatastoreProblem) as raised:
        LocalFolder(tmp_path / "gone", is_own=False).check()
    assert raised.value.code == "datastore_place_missing"


@pytest.mark.parametrize("path", ["/etc", "relative", "../up", "{root}/../other", "{root}x"])
def test_a_folder_outside_the_allowed_roots_is_refused(tmp_path: Path, settings: Any, path: str) -> None:
    settings.DATA_ROOTS = [tmp_path / "srv"]
    path = path.format(root=tmp_path / "srv")
    with pytest.raises(Invalid):
        LocalFolderKind().check_options({"path": path})
    with pytest.raises(StudioError):
        LocalFolder(Path(path), is_own=False).check()


@pytest.mark.parametrize("path", [".", "storage", ".."])
def test_the_studios_own_data_folder_is_refused(settings: Any, path: str) -> None:
    own = Path(settings.DATA_DIR)
    settings.DATA_ROOTS = [own.parent]
    with pytest.raises(Invalid):
        LocalFolderKind().check_options({"path": str((own / path).resolve())})


def test_a_root_reached_by_a_link_is_refused(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "srv").mkdir()
    (tmp_path / "srv" / "link").symlink_to("/etc")
    settings.DATA_ROOTS = [tmp_path / "srv"]
    with pytest.raises(DatastoreProblem):
        LocalFolder(tmp_path / "srv" / "link", is_own=False).page()

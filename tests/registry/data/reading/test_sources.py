"""Files that lie elsewhere: fetched once, whole or not at all, in a cache that is bounded."""

import hashlib
import io
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from registry.data.datastores.kinds.local_folder import LocalFolder
from registry.data.datastores.models import Datastore
from registry.data.reading import cache, reader, sources
from registry.data.reading.sources import NotHere, Placed
from studio.access.models import Workspace
from studio.errors import Conflict, Invalid, NotFound, TooLarge

CSV = b"make,price\n" + b"volvo,100\nsaab,200\n" * 50


class Elsewhere(LocalFolder):
    """A folder that behaves as a place elsewhere does: its files have no path on this machine."""

    reads = 0

    def local_path(self, path: str) -> Path | None:
        return None

    def read(self, path: str, start: int = 0, end: int | None = None):  # type: ignore[no-untyped-def]
        type(self).reads += 1
        return super().read(path, start, end)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.READING_CACHE_DIR = tmp_path / "cache"
    Elsewhere.reads = 0
    yield


@pytest.fixture
def store(tmp_path: Path) -> Elsewhere:
    return Elsewhere(tmp_path / "there", is_own=True)


def placed(store: Elsewhere, name: str, content: bytes = CSV) -> Placed:
    store.write(name, io.BytesIO(content), overwrite=True)
    return Placed(name, store, name, len(content), hashlib.sha256(content).hexdigest(), is_hash=True)


def test_a_file_elsewhere_is_fetched_once(store: Elsewhere) -> None:
    one = placed(store, "cars.csv")
    for _ in range(2):
        table = sources.table_of_files([one])
        assert reader.rows(table, limit=1)["rows"] == [["volvo", 100]]
    assert Elsewhere.reads == 1
    assert [path.name for path in (cache._root()).glob("*/*")] == [one.key]


def test_bytes_that_are_not_the_registered_ones_are_never_kept(store: Elsewhere) -> None:
    one = placed(store, "cars.csv")
    store.write("cars.csv", io.BytesIO(CSV.replace(b"volvo", b"dacia")), overwrite=True)
    with pytest.raises(Conflict, match="not the one that was registered"):
        sources.table_of_files([one])
    assert list(cache._root().glob("*/*")) == []


def test_what_a_request_may_not_fetch_is_left_to_a_task(store: Elsewhere) -> None:
    one = placed(store, "cars.csv")
    with pytest.raises(NotHere):
        sources.table_of_files([one], most=10)
    sources.table_of_files([one], most=None)
    assert sources.table_of_files([one], most=10).files[0].size == len(CSV)


def test_the_cache_drops_what_was_not_used_for_longest(store: Elsewhere, settings: Any) -> None:
    settings.READING_CACHE_MB = 1
    keys = []
    for number in range(3):
        content = os.urandom(400_000)
        one = placed(store, f"{number}.csv", content)
        cache.keep(one.key, [content], size=len(content), sha256=one.key)
        old = time.time() - 5000 + number
        os.utime(cache._path(one.key), (old, old))
        keys.append(one.key)
    assert [cache.found(key) is not None for key in keys] == [False, True, True]
    with pytest.raises(TooLarge):
        cache.keep("a" * 64, [b""], size=2_000_000)


def test_the_head_of_a_large_text_is_enough_for_a_preview(
    db: None, store: Elsewhere, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "HEAD_BYTES", 100)
    monkeypatch.setattr(opening, "file_store", lambda datastore: store)
    placed(store, "in/cars.csv")
    table = sources.table_at(datastores.ensure_default(workspace), "in/cars.csv")
    assert table.is_head
    seen = reader.look(table)
    assert seen["row_count"] is None
    assert seen["rows"][-1] in (["volvo", 100], ["saab", 200])


@pytest.fixture
def datastore(db: None, workspace: Workspace) -> Datastore:
    return datastores.ensure_default(workspace)


def put(datastore: Datastore, path: str, content: bytes) -> None:
    opening.file_store(datastore).write(path, io.BytesIO(content), overwrite=True)


def test_a_folder_is_read_without_what_lies_beside_its_table(datastore: Datastore) -> None:
    for name, content in {
        "a.csv": b"x\n1\n",
        "b.csv": b"x\n2\n",
        "_SUCCESS": b"",
        "MLTable": b"x",
        "README.md": b"#",
    }.items():
        put(datastore, f"set/{name}", content)
    table = sources.table_at(datastore, "set")
    assert [one.name for one in table.files] == ["a.csv", "b.csv"]
    assert reader.look(table)["row_count"] == 2


def test_what_is_no_table_or_not_there_is_said(datastore: Datastore) -> None:
    put(datastore, "pets/cat.png", b"\x89PNG")
    put(datastore, "mixed/a.csv", b"x\n1\n")
    put(datastore, "mixed/b.parquet", b"PAR1")
    with pytest.raises(Invalid, match="no table"):
        sources.table_at(datastore, "pets")
    with pytest.raises(Invalid, match="several formats"):
        sources.table_at(datastore, "mixed")
    with pytest.raises(NotFound):
        sources.table_at(datastore, "nothing")
    with pytest.raises(Invalid):
        sources.table_at(datastore, "../outside")

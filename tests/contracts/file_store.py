"""What every store of files must hold, whatever kind it is. Subclass it and give the `store` fixture an empty one."""

import errno
import hashlib
import io
import os
import tracemalloc
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from registry.data.datastores.kinds.base import FileStore
from studio.errors import Conflict, Invalid, NotFound, StudioError

MB = 1 << 20
BAD_NAMES = [
    "", "/etc/passwd", "../up", "a/../../up", "a//b", "a/./b", "a\\b", "C:/x", "file:/x", "a\0b", "a/%2e%2e/b", "x" * 1100,
    ".atelier-incoming/x", "a /b", "photo\u202egnp.exe",
]  # fmt: skip


class Patterned(io.RawIOBase):
    """Bytes made while they are read: a large file that is nowhere. Breaks off where told to."""

    def __init__(self, size: int, breaks_at: int | None = None) -> None:
        self.left, self.done, self.breaks_at = size, 0, breaks_at
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        if self.breaks_at is not None and self.done >= self.breaks_at:
            raise ConnectionResetError(errno.ECONNRESET, "the sender is gone")
        count = self.left if size < 0 else min(size, self.left)
        # Each block differs from the others: parts in the wrong order are noticed.
        piece = self.done.to_bytes(8, "big") * (count // 8 + 1)
        self.left, self.done = self.left - count, self.done + count
        self.digest.update(piece[:count])
        return piece[:count]


def put(store: FileStore, path: str, content: bytes = b"content") -> None:
    store.write(path, io.BytesIO(content))


def names(store: FileStore, folder: str = "") -> list[tuple[str, bool]]:
    return sorted((entry.path, entry.is_dir) for entry in store.entries(folder))


class FileStoreContract:
    has_links = False  # of its own, that open a file without the studio
    names_links = True  # and give it the name asked for
    counts_folders = True  # in the size of a page
    is_exclusive = True  # two writers of one new name: one is refused

    @pytest.fixture
    def store(self) -> FileStore:
        raise NotImplementedError

    def test_what_was_written_is_read(self, store: FileStore) -> None:
        entry = store.write("cars/2024/a.csv", io.BytesIO(b"x,y\n1,2\n"))
        assert (entry.path, entry.name, entry.size, entry.is_dir) == ("cars/2024/a.csv", "a.csv", 8, False)
        assert b"".join(store.read("cars/2024/a.csv")) == b"x,y\n1,2\n"

    def test_an_empty_file_is_a_file(self, store: FileStore) -> None:
        put(store, "empty", b"")
        found = store.stat("empty")
        assert found is not None and found.size == 0 and b"".join(store.read("empty")) == b""

    def test_stat_tells_size_time_and_etag(self, store: FileStore) -> None:
        put(store, "a.bin", b"12345")
        found = store.stat("a.bin")
        assert found is not None and found.modified_at is not None
        assert found.size == 5 and found.etag and found.modified_at.tzinfo is not None
        assert abs(datetime.now(UTC) - found.modified_at) < timedelta(minutes=2)

    def test_stat_and_the_listing_say_the_same(self, store: FileStore) -> None:
        put(store, "d/a.bin", b"12345")
        (listed,) = store.entries("d")
        found = store.stat("d/a.bin")
        assert found is not None
        assert (listed.path, listed.size, listed.etag) == (found.path, found.size, found.etag)
        assert listed.modified_at is not None and found.modified_at is not None
        assert abs(listed.modified_at - found.modified_at) < timedelta(seconds=1)

    def test_the_etag_changes_with_the_content(self, store: FileStore) -> None:
        before = store.write("a", io.BytesIO(b"one"))
        after = store.write("a", io.BytesIO(b"another"), overwrite=True)
        assert before.etag != after.etag

    def test_a_folder_has_a_stat_and_nothing_has_none(self, store: FileStore) -> None:
        put(store, "d/e/a.bin")
        found = store.stat("d")
        assert found is not None and found.is_dir and found.name == "d"
        assert (
            store.stat("d/nothing") is None
            and store.stat("nothing/at/all") is None
            and store.stat("d/e/a.bin/x") is None
        )

    def test_a_folder_lists_what_is_right_in_it(self, store: FileStore) -> None:
        for path in ("a.txt", "d/b.txt", "d/e/c.txt", "d-2/x.txt"):
            put(store, path)
        assert names(store) == [("a.txt", False), ("d", True), ("d-2", True)]
        assert names(store, "d") == [("d/b.txt", False), ("d/e", True)]
        assert [entry.name for entry in store.entries("d/e")] == ["c.txt"]

    def test_an_empty_store_lists_nothing(self, store: FileStore) -> None:
        assert list(store.entries()) == [] and list(store.walk()) == []

    def test_a_folder_that_is_not_there_is_not_found(self, store: FileStore) -> None:
        put(store, "d/b.txt")
        for folder in ("nothing", "d/nothing", "d/b.txt"):
            with pytest.raises((NotFound, Conflict)):
                store.page(folder)

    def test_pages_go_on_where_the_one_before_ended(self, store: FileStore) -> None:
        wanted = {f"d/f{number}" for number in range(5)} | {"d/sub", "d/sub-2"}
        for path in ("d/sub/x", "d/sub/y", "d/sub/z", "d/sub-2/x", *(f"d/f{number}" for number in range(5))):
            put(store, path)
        seen, cursor = [], ""
        for _ in range(20):
            page = store.page("d", cursor=cursor, limit=2)
            assert len(page.entries) <= 2 or not self.counts_folders
            seen += [entry.path for entry in page.entries]
            cursor = page.cursor
            if not cursor:
                break
        assert set(seen) == wanted and (len(seen) == len(wanted) or not self.counts_folders)

    def test_walk_finds_every_file_below(self, store: FileStore) -> None:
        for path in ("top", "d/b", "d/e/c", "d/e/f/g", "de/h"):
            put(store, path)
        assert sorted(entry.path for entry in store.walk()) == ["d/b", "d/e/c", "d/e/f/g", "de/h", "top"]
        assert sorted(entry.path for entry in store.walk("d")) == ["d/b", "d/e/c", "d/e/f/g"]

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (0, 4, b"0123"),
            (3, 7, b"3456"),
            (8, None, b"89"),
            (5, 100, b"56789"),
            (4, 4, b""),
            (10, None, b""),
            (50, 60, b""),
        ],
    )
    def test_ranges_are_read(self, store: FileStore, start: int, end: int | None, expected: bytes) -> None:
        put(store, "digits", b"0123456789")
        assert b"".join(store.read("digits", start, end)) == expected

    @pytest.mark.parametrize(("start", "end"), [(-1, None), (5, 2)])
    def test_a_range_that_is_none_is_refused(self, store: FileStore, start: int, end: int) -> None:
        put(store, "digits", b"0123456789")
        with pytest.raises(Invalid):
            store.read("digits", start, end)

    def test_a_reading_can_be_left_early(self, store: FileStore) -> None:
        put(store, "large", b"x" * (3 * MB))
        with store.read("large") as pieces:
            assert next(pieces)
        pieces.close()

    def test_reading_what_is_not_there_fails_at_once(self, store: FileStore) -> None:
        put(store, "d/a")
        for path in ("nothing", "d/nothing"):
            with pytest.raises(NotFound):
                store.read(path)
        with pytest.raises((Conflict, NotFound)):
            store.read("d")

    def test_a_file_is_not_overwritten_unless_told(self, store: FileStore) -> None:
        put(store, "a", b"first")
        with pytest.raises(Conflict) as raised:
            store.write("a", io.BytesIO(b"second"))
        assert raised.value.code == "file_exists" and b"".join(store.read("a")) == b"first"
        store.write("a", io.BytesIO(b"third"), overwrite=True)
        assert b"".join(store.read("a")) == b"third"

    def test_two_writers_of_one_new_name_leave_one_whole_file(self, store: FileStore) -> None:
        contents = [bytes([65 + number]) * 300_000 for number in range(4)]

        def write(content: bytes) -> bool:
            try:
                store.write("d/same", io.BytesIO(content))
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            written = list(pool.map(write, contents))
        found = b"".join(store.read("d/same"))
        assert found in [content for content, kept in zip(contents, written, strict=True) if kept]
        if self.is_exclusive:
            assert written.count(True) == 1

    def test_writers_of_other_names_in_one_new_folder_do_not_disturb_each_other(self, store: FileStore) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: put(store, f"new/deep/f{number}", b"%d" % number), range(8)))
        assert len(list(store.walk("new"))) == 8

    def test_a_sender_that_breaks_off_leaves_nothing(self, store: FileStore) -> None:
        for size in (MB, 12 * MB):
            with pytest.raises(ConnectionResetError):
                store.write("broken/file.bin", Patterned(size, breaks_at=size // 2))
        assert store.stat("broken/file.bin") is None and list(store.walk()) == []
        assert store.tidy(older_than=timedelta(seconds=-60)) == 0

    def test_a_sender_that_breaks_off_leaves_the_old_file(self, store: FileStore) -> None:
        put(store, "file.bin", b"old")
        with pytest.raises(ConnectionResetError):
            store.write("file.bin", Patterned(12 * MB, breaks_at=10 * MB), overwrite=True)
        assert b"".join(store.read("file.bin")) == b"old"

    def test_a_large_file_passes_in_constant_memory_both_ways(self, store: FileStore) -> None:
        source = Patterned(40 * MB + 12_345)
        tracemalloc.start()
        try:
            entry = store.write("large.bin", source)
            found = hashlib.sha256()
            for piece in store.read("large.bin"):
                found.update(piece)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert entry.size == 40 * MB + 12_345 and found.digest() == source.digest.digest()
        assert peak < 34 * MB, f"{peak / MB:.0f} MB"

    def test_deleting_removes_a_file_and_only_it(self, store: FileStore) -> None:
        put(store, "d/a")
        put(store, "d/ab")
        store.delete("d/a")
        assert store.stat("d/a") is None and names(store, "d") == [("d/ab", False)]
        with pytest.raises(NotFound):
            store.delete("d/a")

    def test_a_folder_that_holds_files_is_not_deleted(self, store: FileStore) -> None:
        put(store, "d/e/a")
        with pytest.raises(Conflict):
            store.delete("d")
        assert store.stat("d/e/a") is not None

    def test_names_that_could_lead_elsewhere_are_refused(self, store: FileStore) -> None:
        for name in BAD_NAMES:
            for act in (store.stat, store.read, store.delete, lambda path: store.write(path, io.BytesIO(b"x"))):
                with pytest.raises(Invalid):
                    act(name)
        for name in BAD_NAMES[1:]:
            for listed in (store.page, lambda path: list(store.walk(path))):
                with pytest.raises(Invalid):
                    listed(name)
        assert list(store.walk()) == []

    @pytest.mark.parametrize(
        "name", ["ümläut/日本語.csv", "a b/c+d&e=f?g#h.txt", "quote'\"s", "100%.txt", "-rf", "a*b[1]"]
    )
    def test_names_of_every_script_and_sign_are_kept(self, store: FileStore, name: str) -> None:
        put(store, name)
        assert b"".join(store.read(name)) == b"content"
        assert [entry.path for entry in store.walk()] == [name]
        store.delete(name)
        assert store.stat(name) is None

    def test_a_link_opens_the_file_or_there_is_none(self, store: FileStore) -> None:
        put(store, "d/a b.csv", b"linked")
        link = store.link("d/a b.csv", seconds=60, name="cars.csv")
        assert (link is not None) == self.has_links
        if link is not None:
            with urllib.request.urlopen(link, timeout=5) as answer:
                assert answer.read() == b"linked"
                assert not self.names_links or "cars.csv" in answer.headers["Content-Disposition"]

    def test_a_local_path_is_the_file_itself(self, store: FileStore) -> None:
        put(store, "d/a", b"here")
        path = store.local_path("d/a")
        if path is not None:
            assert path.read_bytes() == b"here" and os.path.isabs(path)

    def test_a_good_place_passes_its_check_and_shows_no_trace(self, store: FileStore) -> None:
        store.check()
        assert list(store.entries()) == []

    def test_every_refusal_is_a_sentence(self, store: FileStore) -> None:
        with pytest.raises(StudioError) as raised:
            store.read("nothing/here.csv")
        assert raised.value.message.endswith(".") and "nothing/here.csv" in raised.value.message

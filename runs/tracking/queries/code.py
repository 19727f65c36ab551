"""The code of a run: its tree, a file, and what changed between two runs."""

import difflib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from runs.tracking.models import Snapshot
from studio.errors import NotFound
from studio.storage import blobs

MAX_FILE = 1_000_000  # bytes shown of a file
MAX_DIFF_FILE = 512_000
MAX_DIFF_FILES = 300
MAX_DIFF_LINES = 10_000
MAX_LINE = 2000
CONTEXT = 3


@dataclass(frozen=True, slots=True)
class CodeEntry:
    path: str
    name: str
    depth: int
    is_dir: bool
    size: int


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file of a snapshot; `text` is None for one that is no text."""

    path: str
    size: int
    text: str | None
    is_truncated: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    kind: str  # "hunk", "same", "added", "removed"
    text: str
    old: int | None  # line numbers
    new: int | None


@dataclass(frozen=True, slots=True)
class FileDiff:
    path: str
    change: str  # "added", "removed", "changed"
    lines: list[DiffLine]
    note: str  # why there are no lines


@dataclass(frozen=True, slots=True)
class CodeDiff:
    files: list[FileDiff]
    is_truncated: bool
    same_count: int


def code_tree(snapshot: Snapshot) -> list[CodeEntry]:
    """Folders and files from top to bottom, folders before files on each level."""
    sizes: dict[str, int] = {}
    folders: set[str] = set()
    for item in snapshot.manifest:
        path = str(item["path"])
        sizes[path] = int(item["size"])
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            folders.add(folder)
            sizes[folder] = sizes.get(folder, 0) + int(item["size"])
    paths = sorted(sizes, key=lambda path: _place(path, folders))
    return [CodeEntry(path, path.rsplit("/", 1)[-1], path.count("/"), path in folders, sizes[path]) for path in paths]


def read_file(snapshot: Snapshot, path: str) -> CodeFile:
    """One file, cut at 1 MB. Raises NotFound when the snapshot has none of this path."""
    size = _sizes(snapshot).get(blobs.safe_relpath(path))
    if size is None:
        raise NotFound("not_found", "There is no such file in the code of this run.")
    with blobs.open_blob(snapshot.blob) as source, zipfile.ZipFile(source) as archive:
        data = _read(archive, path, MAX_FILE)
    return CodeFile(path, size, _text(data), size > MAX_FILE)


def changed_paths(a: Snapshot, b: Snapshot) -> list[str]:
    """The files that are new, gone or other in `b`, by their digests; nothing is read."""
    before, after = _digests(a), _digests(b)
    return [path for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path)]


def diff(a: Snapshot, b: Snapshot) -> CodeDiff:
    """What changed from `a` to `b`, file by file, within limits that keep a page readable."""
    before, after = _digests(a), _digests(b)
    paths = changed_paths(a, b)
    same = len(before.keys() | after.keys()) - len(paths)
    files: list[FileDiff] = []
    left = MAX_DIFF_LINES
    with (
        blobs.open_blob(a.blob) as old_source,
        zipfile.ZipFile(old_source) as old,
        blobs.open_blob(b.blob) as new_source,
        zipfile.ZipFile(new_source) as new,
    ):
        for path in paths[:MAX_DIFF_FILES]:
            found = _file_diff(path, old if path in before else None, new if path in after else None, left)
            left -= len(found.lines)
            files.append(found)
    return CodeDiff(files, len(paths) > MAX_DIFF_FILES or left <= 0, same)


def _file_diff(path: str, old: zipfile.ZipFile | None, new: zipfile.ZipFile | None, left: int) -> FileDiff:
    change = "added" if old is None else "removed" if new is None else "changed"
    if left <= 0:
        return FileDiff(path, change, [], "Not shown: the difference is too long.")
    if _is_large(old, path) or _is_large(new, path):
        return FileDiff(path, change, [], "Not shown: the file is too large.")
    before = _text(_read(old, path, MAX_DIFF_FILE)) if old else ""
    after = _text(_read(new, path, MAX_DIFF_FILE)) if new else ""
    if before is None or after is None:
        return FileDiff(path, change, [], "Not shown: it is no text.")
    lines = list(_lines(before.splitlines(), after.splitlines(), left))
    note = "" if len(lines) < left else "Cut: the difference is too long."
    return FileDiff(path, change, lines, note)


def _lines(before: list[str], after: list[str], limit: int) -> Iterator[DiffLine]:
    old = new = count = 0
    for line in difflib.unified_diff(before, after, n=CONTEXT, lineterm=""):
        if line.startswith(("--- ", "+++ ")) and not (old or new):
            continue
        if line.startswith("@@"):
            old, new = _starts(line)
            yield DiffLine("hunk", line, None, None)
        elif line.startswith("-"):
            yield DiffLine("removed", line[1 : MAX_LINE + 1], old, None)
            old += 1
        elif line.startswith("+"):
            yield DiffLine("added", line[1 : MAX_LINE + 1], None, new)
            new += 1
        else:
            yield DiffLine("same", line[1 : MAX_LINE + 1], old, new)
            old, new = old + 1, new + 1
        count += 1
        if count >= limit:
            return


def _starts(hunk: str) -> tuple[int, int]:
    """The first line numbers of `@@ -12,5 +12,6 @@`."""
    _, old, new, *_ = hunk.split(" ")
    return int(old[1:].split(",")[0]), int(new[1:].split(",")[0])


def _place(path: str, folders: set[str]) -> list[tuple[int, str]]:
    """A sort key that keeps folders together and before the files beside them."""
    parts = path.split("/")
    key = []
    for depth, part in enumerate(parts, start=1):
        is_folder = depth < len(parts) or path in folders
        key.append((0 if is_folder else 1, part.casefold()))
    return key


def _read(archive: zipfile.ZipFile, path: str, limit: int) -> bytes:
    with archive.open(path) as member:
        return member.read(limit)


def _is_large(archive: zipfile.ZipFile | None, path: str) -> bool:
    return archive is not None and archive.getinfo(path).file_size > MAX_DIFF_FILE


def _text(data: bytes) -> str | None:
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A cut in the middle of a character is no sign of a binary file.
        return data[: error.start].decode("utf-8") if len(data) - error.start < 4 and error.start else None


def _sizes(snapshot: Snapshot) -> dict[str, int]:
    return {str(item["path"]): int(item["size"]) for item in snapshot.manifest}


def _digests(snapshot: Snapshot) -> dict[str, str]:
    return {str(item["path"]): str(item["sha256"]) for item in snapshot.manifest}

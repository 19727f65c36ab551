"""Snapshots: a folder as a zip that is always the same for the same content, and its digest.

The digest is the SHA-256 of the manifest: one UTF-8 line `<sha256 of the file>  <size>  <path>\\n` for each file, sorted by
path; paths are relative, with `/`, in Unicode form NFC. The server computes it again from the zip.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from atelier import _errors, _ignore, _names

LIMIT_BYTES = 300 * 1024 * 1024
SKIPPED_FOLDERS = frozenset({".git", "__pycache__"})
safe_join = _names.safe_join
EPOCH = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One line of a manifest."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class SourceFile:
    """A file that goes into a snapshot."""

    path: str
    size: int
    source: Path


@dataclass(frozen=True)
class Tree:
    """What a folder gives to a snapshot, and what was left out with the reason."""

    root: Path
    files: tuple[SourceFile, ...]
    notes: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(item.size for item in self.files)


def scan(folder: Path, *, ignores: bool = True, limit: int = LIMIT_BYTES) -> Tree:
    """The files of a folder that go into a snapshot. Raises `SnapshotError` when they are too large."""
    if not folder.is_dir():
        raise _errors.SnapshotError(f"{folder} is not a folder.")
    notes: list[str] = []
    rule_sets = _rules_above(folder) if ignores else []
    files = sorted(_walk(folder, "", rule_sets, ignores, notes), key=lambda item: item.path)
    _refuse_twins(files)
    tree = Tree(folder, tuple(files), tuple(notes))
    refuse_too_large(tree, limit)
    return tree


def of_file(path: Path) -> Tree:
    """A single file as a tree."""
    return Tree(path.parent, (SourceFile(path.name, path.stat().st_size, path),), ())


def refuse_too_large(tree: Tree, limit: int = LIMIT_BYTES) -> None:
    """Raises `SnapshotError`, naming the largest files."""
    if tree.size > limit:
        raise _errors.SnapshotError(_too_large(tree, limit))


def digest(entries: Iterable[Entry]) -> str:
    """The digest of a manifest."""
    lines = (f"{item.sha256}  {item.size}  {item.path}\n" for item in sorted(entries, key=lambda item: item.path))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def tree_digest(tree: Tree) -> str:
    """The digest the tree's snapshot has, without writing it."""
    return digest(_entry(item) for item in tree.files)


def write_zip(tree: Tree, target: IO[bytes]) -> str:
    """Writes the snapshot and answers its digest: of the bytes written, even if a file changed meanwhile."""
    entries: list[Entry] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for item in tree.files:
            entries.append(_add(archive, item))
    return digest(entries)


def read_manifest(archive: zipfile.ZipFile) -> list[Entry]:
    """The manifest of a snapshot, hashed from its content. Raises `SnapshotError` for a name no snapshot has."""
    entries = []
    for info in archive.infolist():
        _check_member(info)
        with archive.open(info) as stream:
            sha256, size = _hash_stream(stream)
        entries.append(Entry(info.filename, size, sha256))
    return entries


def unpack(archive_path: Path, folder: Path, *, limit: int = LIMIT_BYTES) -> list[Entry]:
    """Unpacks a snapshot or an input folder, member by member; never writes outside `folder`, never makes a link.

    A file that starts with `#!` becomes executable: the digest knows content only, so modes do not travel.
    """
    entries: list[Entry] = []
    left = limit
    try:
        with zipfile.ZipFile(archive_path) as archive:
            for info in archive.infolist():
                _check_member(info)
                entry = _extract(archive, info, folder, left)
                left -= entry.size
                entries.append(entry)
    except zipfile.BadZipFile as error:
        raise _errors.SnapshotError(f"{archive_path.name} is not a zip archive: {error}.") from error
    return entries


def file_digest(path: Path) -> str:
    """The SHA-256 of one file."""
    return _hash(path)[0]


def _walk(
    folder: Path, base: str, rule_sets: Sequence[_ignore.RuleSet], ignores: bool, notes: list[str]
) -> Iterator[SourceFile]:
    own = _ignore.read_rules(folder, base) if ignores else None
    rules = [*rule_sets, own] if own else list(rule_sets)
    with os.scandir(folder) as listing:
        children = sorted(listing, key=lambda child: child.name)
    for child in children:
        path = base + unicodedata.normalize("NFC", child.name)
        is_folder = child.is_dir(follow_symlinks=False)
        if (is_folder and child.name in SKIPPED_FOLDERS) or _ignore.ignored(path, is_folder, rules):
            continue
        reason = _reason_to_skip(child, path)
        if reason:
            notes.append(f"{ascii(path)[1:-1]} was left out: {reason}")
        elif is_folder:
            yield from _walk(Path(child.path), path + "/", rules, ignores, notes)
        else:
            yield SourceFile(path, child.stat(follow_symlinks=False).st_size, Path(child.path))


def _reason_to_skip(child: os.DirEntry[str], path: str) -> str:
    if child.is_symlink():
        return "it is a symbolic link"
    if not child.is_dir(follow_symlinks=False) and not child.is_file(follow_symlinks=False):
        return "it is not a plain file"
    reason = _names.problem(path)
    return f"its name cannot be sent: {reason}" if reason else ""


def _rules_above(folder: Path) -> list[_ignore.RuleSet]:
    """The ignore rules between the top of the git repository and the folder, seen from the folder."""
    folder = folder.resolve()
    chain = [folder, *folder.parents]
    top = next((index for index, place in enumerate(chain) if (place / ".git").exists()), 0)
    found: list[_ignore.RuleSet] = []
    for place in reversed(chain[1 : top + 1]):
        rules = _ignore.read_rules(place, "")
        if rules is None:
            continue
        below = folder.relative_to(place).as_posix()
        if _any_level_ignored(below, rules):
            # Who names an ignored folder wants it: the rules that hide it do not count.
            return []
        found.append(_Shifted("", rules.rules, below + "/"))
    return found


@dataclass(frozen=True)
class _Shifted(_ignore.RuleSet):
    """Rules of a folder above the root of the walk."""

    prefix: str

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        return super().verdict(self.prefix + path, is_folder)


def _any_level_ignored(path: str, rules: _ignore.RuleSet) -> bool:
    parts = path.split("/")
    return any(rules.verdict("/".join(parts[: depth + 1]), True) for depth in range(len(parts)))


def _refuse_twins(files: Sequence[SourceFile]) -> None:
    for one, other in zip(files, files[1:]):
        if one.path == other.path:
            raise _errors.SnapshotError(f"Two files are named {one.path!r} in Unicode form NFC. Rename one of them.")


def _too_large(tree: Tree, limit: int) -> str:
    largest = sorted(tree.files, key=lambda item: -item.size)[:5]
    named = ", ".join(f"{item.path} ({_megabytes(item.size)})" for item in largest)
    return (
        f"The folder {tree.root} has {_megabytes(tree.size)}, more than the {_megabytes(limit)} a snapshot may have. "
        f"The largest files: {named}. List what the run does not need in .atelierignore."
    )


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):.1f} MB"


def _add(archive: zipfile.ZipFile, item: SourceFile) -> Entry:
    info = zipfile.ZipInfo(item.path, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.file_size = item.size
    hashed = hashlib.sha256()
    size = 0
    with item.source.open("rb") as source, archive.open(info, "w") as target:
        for chunk in iter(lambda: source.read(CHUNK), b""):
            hashed.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return Entry(item.path, size, hashed.hexdigest())


def _check_member(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    parts = PurePosixPath(info.filename).parts
    plain = not info.is_dir() and (not stat.S_IFMT(mode) or stat.S_ISREG(mode))
    proper = parts and "/".join(parts) == info.filename and ".." not in parts and "." not in parts
    if not plain or not proper or info.filename.startswith("/") or _names.problem(info.filename):
        raise _errors.SnapshotError(f"The archive holds {info.filename!r}, which no snapshot may hold.")


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path, left: int) -> Entry:
    target = safe_join(folder, info.filename)
    target.parent.mkdir(parents=True, exist_ok=True)
    hashed = hashlib.sha256()
    size = 0
    first = b""
    with archive.open(info) as source, target.open("wb") as out:
        for chunk in iter(lambda: source.read(CHUNK), b""):
            first = first or chunk[:2]
            size += len(chunk)
            if size > left:
                raise _errors.SnapshotError(f"The archive unpacks to more than is allowed, at {info.filename!r}.")
            hashed.update(chunk)
            out.write(chunk)
    if first == b"#!":
        target.chmod(target.stat().st_mode | 0o111)
    return Entry(info.filename, size, hashed.hexdigest())


def _hash(path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        return _hash_stream(stream)


def _hash_stream(stream: IO[bytes]) -> tuple[str, int]:
    hashed = hashlib.sha256()
    size = 0
    for chunk in iter(lambda: stream.read(CHUNK), b""):
        hashed.update(chunk)
        size += len(chunk)
    return hashed.hexdigest(), size


def _entry(item: SourceFile) -> Entry:
    sha256, size = _hash(item.source)
    return Entry(item.path, size, sha256)

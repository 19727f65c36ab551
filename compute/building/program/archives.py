"""Archives that are the same bytes for the same content: names sorted, times and owners fixed."""

import io
import posixpath
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from compute.building.program.failing import Problem

LONG_AGO = 315_532_800  # 1980: older than that some tools can't write down
MOST_FILES = 500_000
MOST_BYTES = 100_000_000_000
# `uv` notes here when it installed what: the only files of a package that differ between two equal installations.
LEFT_OUT = frozenset({"uv_cache.json", ".lock", "__pycache__.lock"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One file for an archive: its name in it, without a leading slash."""

    name: str
    size: int
    mode: int
    open: Callable[[], IO[bytes]]


def write(target: Path, entries: Iterator[Entry] | list[Entry]) -> int:
    """A tar of these files with all the folders above them; how many bytes of files it holds."""
    total = 0
    made: set[str] = set()
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as tar:
        for entry in sorted(entries, key=lambda entry: entry.name):
            _folders(tar, entry.name, made)
            head = _head(entry.name, 0o755 if entry.mode & 0o111 else 0o644)
            head.size = entry.size
            with entry.open() as stream:
                tar.addfile(head, stream)
            total += entry.size
    return total


def of_folder(folder: Path, at: str) -> Iterator[Entry]:
    """The files below a folder, for the place `at` of the image. Links that lead out of it are left out."""
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name in LEFT_OUT or not path.resolve().is_relative_to(root):
            continue
        state = path.stat()
        name = posixpath.join(at.strip("/"), path.relative_to(folder).as_posix())
        yield Entry(name, state.st_size, state.st_mode, lambda path=path: path.open("rb"))  # type: ignore[misc]


def of_file(path: Path, at: str, mode: int) -> Entry:
    return Entry(checked(at), path.stat().st_size, mode, lambda: path.open("rb"))


def of_zip(path: Path, at: str) -> Iterator[Entry]:
    """The files in a zip, for the place `at` of the image. Raises Problem for one that would leave it."""
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise Problem(f"A file that should be unpacked is no zip: {error}.") from error
    files = [info for info in opened.infolist() if not info.is_dir()]
    if len(files) > MOST_FILES or sum(info.file_size for info in files) > MOST_BYTES:
        raise Problem("A zip of the build holds too much to be unpacked.")
    for info in files:
        kind = info.external_attr >> 16
        if kind & 0o170000 == 0o120000:
            raise Problem(f"{info.filename[:200]!r} in a zip of the build is a link: send the file itself.")
        name = posixpath.join(at.strip("/"), checked(info.filename))
        yield Entry(name, info.file_size, kind, lambda info=info: opened.open(info))  # type: ignore[misc]


def checked(name: str) -> str:
    """A path inside of the archive, without a leading slash. Raises Problem for one that leads out of it."""
    found = name.lstrip("/")
    parts = found.split("/")
    if not found or "\\" in name or "\0" in name or any(part in {"", ".", ".."} for part in parts):
        raise Problem(f"{name[:200]!r} is no path for a file of the image.")
    return found


def unpack(path: Path, folder: Path) -> None:
    """The files of a zip below a folder that does not exist yet."""
    for entry in of_zip(path, ""):
        target = folder / entry.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with entry.open() as source, target.open("wb") as sink:
            while piece := source.read(1 << 20):
                sink.write(piece)
        target.chmod(0o755 if entry.mode & 0o111 else 0o644)


def of_bytes(name: str, data: bytes) -> Entry:
    return Entry(name, len(data), 0o644, lambda: io.BytesIO(data))


def _folders(tar: tarfile.TarFile, name: str, made: set[str]) -> None:
    parts = name.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        folder = "/".join(parts[:count])
        if folder not in made:
            made.add(folder)
            head = _head(folder, 0o755)
            head.type = tarfile.DIRTYPE
            tar.addfile(head)


def _head(name: str, mode: int) -> tarfile.TarInfo:
    head = tarfile.TarInfo(name)
    head.mode, head.mtime, head.uid, head.gid = mode, LONG_AGO, 0, 0
    return head

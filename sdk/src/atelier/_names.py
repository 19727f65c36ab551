"""Names of files that go into a snapshot or become artifacts: the rules of the server, told before anything is sent."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path, PurePosixPath

from atelier import _errors

MAX_BYTES = 1024
FORBIDDEN = frozenset("\\\x7f") | {chr(code) for code in range(32)}
DRIVE_OR_SCHEME = re.compile(r"[A-Za-z]:.*|.*:", re.DOTALL)
# Letters that are not seen and turn the reading direction.
DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
ESCAPES = ("%2e", "%2f", "%5c", "%25")


def problem(name: str) -> str:
    """Why the server takes no file of this relative name, or an empty text."""
    if FORBIDDEN.intersection(name):
        return "a backslash or control character is in it"
    if DIRECTION_MARKS.intersection(name):
        return "it has a character that changes the reading direction"
    try:
        size = len(unicodedata.normalize("NFC", name).encode())
    except UnicodeEncodeError:
        return "it is not valid Unicode"
    if size > MAX_BYTES:
        return f"it is longer than {MAX_BYTES} bytes"
    return _part_problem(name)


def safe_join(folder: Path, name: str) -> Path:
    """The place of a relative name inside a folder. Raises `UnsafeName` for a name that would leave it."""
    parts = PurePosixPath(name).parts
    refused = not parts or name.startswith("/") or "\\" in name or "\0" in name or ".." in parts
    if refused or (os.name == "nt" and ":" in name):
        raise _errors.UnsafeName(f"The name {name!r} leads outside the folder. Nothing was written.")
    target = folder.joinpath(*parts)
    # A link that lies in the folder already may lead out of it as well.
    if not _is_inside(target.parent.resolve(), folder.resolve()) or target.is_symlink():
        raise _errors.UnsafeName(f"The name {name!r} leads outside the folder. Nothing was written.")
    return target


def _part_problem(name: str) -> str:
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return "it must be relative, without empty parts, '.' and '..'"
        if part != part.strip():
            return "a part of it begins or ends with a blank"
        if DRIVE_OR_SCHEME.fullmatch(part):
            return "a part of it begins like a drive or ends with a colon"
    if any(escape in name.lower() for escape in ESCAPES):
        return "it holds an escaped dot, slash or backslash"
    return ""


def _is_inside(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents

"""Names of files as users give them: one canonical form, judged in one place."""

import re
import unicodedata

from studio.errors import Invalid

MAX_BYTES = 1024
FORBIDDEN = frozenset("\\\x7f") | {chr(code) for code in range(32)}
# "C:x" is a drive of another machine and "file:" begins an address; "10:30:00.png" is an ordinary name.
DRIVE_OR_SCHEME = re.compile(r"[A-Za-z]:.*|.*:", re.DOTALL)
# Letters that are not seen and turn the reading direction: "photo\u202egnp.exe" reads as a picture.
DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def safe_relpath(name: str) -> str:
    """The canonical form (NFC, `/` between the parts) of a relative path. Nothing is decoded.

    Raises Invalid for an absolute or empty path, `.` and `..`, a backslash, `%`-escapes of those, a part that begins like a
    drive or ends with a colon, control and direction characters, blanks at an end of a part, and more than 1,024 bytes.
    """
    problem = _problem(name)
    if problem:
        raise Invalid(
            "unsafe_path",
            f"The name {name[:80]!a} can't be used for a file: {problem}.",
            hint="Give a relative path such as 'models/best.joblib'.",
        )
    return unicodedata.normalize("NFC", name)


def _problem(name: str) -> str:
    if not name:
        return "it is empty"
    if name.startswith("/"):
        return "it is absolute"
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


def _part_problem(name: str) -> str:
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return "an empty part, '.' or '..' is in it"
        if part != part.strip():
            return "a part of it begins or ends with a blank"
        if DRIVE_OR_SCHEME.fullmatch(part):
            return "a part of it begins like a drive or ends with a colon"
    if "%2e" in name.lower() or "%2f" in name.lower() or "%5c" in name.lower() or "%25" in name.lower():
        return "it holds an escaped dot, slash or backslash"
    return ""

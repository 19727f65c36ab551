"""Requirements files: the packages they name, without what would reach outside the build."""

import re

from studio.errors import Invalid

MAX_TEXT = 200_000
MAX_LINES = 2000
MAX_LINE = 1000
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# What follows a name: extras, version, marker, or a direct https address.
REQUIREMENT = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[A-Za-z0-9._,\s-]*\])?\s*"
    r"((===|==|~=|!=|<=|>=|<|>)[^;@]*|@\s*(https://|git\+https://)\S+)?\s*(;.*)?\Z"
)
DROPPED_OPTIONS = ("--hash", "--no-binary", "--only-binary", "--prefer-binary", "--pre", "--require-hashes")


def parse(text: str, name: str) -> tuple[str, ...]:
    """The requirements in order, blanks and comments dropped. Raises Invalid naming the line that can't be used."""
    if len(text) > MAX_TEXT or "\0" in text:
        raise Invalid("invalid_requirements", f"{name} is too large, or is not text.")
    lines = text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines()
    if len(lines) > MAX_LINES:
        raise Invalid("invalid_requirements", f"{name} has more than {MAX_LINES:,} lines.")
    found = []
    for number, line in enumerate(lines, start=1):
        wanted = _requirement(line, name, number)
        if wanted:
            found.append(wanted)
    return tuple(dict.fromkeys(found))


def _requirement(line: str, name: str, number: int) -> str:
    text = line.lstrip("\ufeff").strip()
    if not text or text.startswith("#"):
        return ""
    text = re.split(r"\s#", text, maxsplit=1)[0].strip()
    text = re.split(r"\s--hash", text, maxsplit=1)[0].strip()
    if len(text) > MAX_LINE:
        raise _refused(name, number, f"this line is longer than {MAX_LINE:,} characters")
    if text.startswith(DROPPED_OPTIONS):
        return ""
    if text.startswith("-"):
        option = text.split()[0]
        raise _refused(
            name, number, f"the option {option} is not used here: the studio chooses where packages come from"
        )
    if not REQUIREMENT.match(text):
        raise _refused(name, number, f"{text[:80]!r} is no requirement such as 'numpy==2.1'")
    return re.sub(r"\s+", " ", text)


def _refused(name: str, number: int, problem: str) -> Invalid:
    sentence = f"{name}:{number}: {problem}."
    return Invalid("invalid_requirements", sentence, fields={"environment": sentence})

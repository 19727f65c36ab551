"""A connection as files and programs write it, read strictly: what is not known is refused with its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from studio import plain_yaml
from studio.errors import Invalid
from studio.secrets.connections import kinds

MAX_NAME, MAX_TARGET, MAX_DESCRIPTION, MAX_PART = 100, 1000, 500, 8192
MAX_METADATA, MAX_METADATA_TEXT, MAX_TEXT = 50, 2000, 64 * 1024
# Which stand beside the fields of the type.
KNOWN = ("$schema", "name", "type", "target", "credentials", "is_shared", "metadata", "description", "tags")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,98}[A-Za-z0-9_]|[A-Za-z0-9]")
# What would show a credential to everybody who sees the connection.
_SECRET_IN_TARGET = re.compile(
    r"//[^/@\s]*:[^/@\s]+@|(?:^|[?&;\s])(?:sig|password|pwd|accountkey|sharedaccesskey|token|api[_-]?key)\s*=",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"(?:^|[_.-])(?:pass(?:word|wd)?|pwd|secret|token|(?:api|access|account)[_-]?key|sas)s?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A kind of credential and the values of its parts."""

    kind: str = "none"
    values: Mapping[str, str] = field(default_factory=dict, repr=False)  # not even in a traceback


@dataclass(frozen=True, slots=True)
class Definition:
    """What a connection is. `credentials` None: the ones that are there stay."""

    name: str
    type: str
    target: str = ""
    credentials: Credentials | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    is_shared: bool = True


class Problems(dict[str, str]):
    """What is wrong, by field; raised at once."""

    def wrong(self, field: str, text: str) -> None:
        self.setdefault(field, text)

    def check(self) -> None:
        if self:
            first = next(iter(self))
            raise Invalid("bad_connection", f"{first}: {self[first]}", fields=dict(self))


def read_text(text: str) -> Definition:
    """The connection of a YAML file. Raises Invalid naming each field that is wrong, never a value."""
    if len(text) > MAX_TEXT:
        raise Invalid("bad_connection", "A connection's file has at most 64 KiB.")
    try:
        document = plain_yaml.load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        # The parser's own words quote the text, which may be the credential.
        raise Invalid("bad_connection", f"The text is no YAML{place}.") from None
    return read(document)


def read(document: Any) -> Definition:
    """The connection of plain data with a file's field names."""
    if not isinstance(document, Mapping):
        raise Invalid("bad_connection", "A connection is a table with a name, a type and a target.")
    problems = Problems()
    kind = _kind(document, problems)
    problems.check()
    assert kind is not None
    _check_known(document, kind, problems)
    found = Definition(
        name=_name(document, problems),
        type=kind.type,
        target=_target(document, kind, problems),
        credentials=_credentials(document, kind, problems),
        metadata=_metadata(document, kind, problems),
        description=_text(document, "description", MAX_DESCRIPTION, problems),
        is_shared=_flag(document, "is_shared", problems),
    )
    problems.check()
    return found


def _kind(document: Mapping[str, Any], problems: Problems) -> kinds.Kind | None:
    given = document.get("type")
    named = kinds.type_named(given) if isinstance(given, str) else ""
    if not named:
        problems.wrong("type", f"give one of {', '.join(kinds.KINDS)}")
    return kinds.KINDS.get(named)


def _check_known(document: Mapping[str, Any], kind: kinds.Kind, problems: Problems) -> None:
    known = {*KNOWN, *kind.target_names, *(place.name for place in kind.places), "api_key", "artifact"}
    for name in document:
        if name not in known:
            problems.wrong(str(name)[:60], f"a {kind.type} connection has no such field")


def _name(document: Mapping[str, Any], problems: Problems) -> str:
    name = _text(document, "name", MAX_NAME, problems)
    if "name" not in problems and not _NAME.fullmatch(name):
        problems.wrong("name", "use letters, digits, dots, dashes and underscores; begin with a letter or digit")
    return name


def _target(document: Mapping[str, Any], kind: kinds.Kind, problems: Problems) -> str:
    given = next((name for name in ("target", *kind.target_names) if document.get(name)), "target")
    target = _text(document, given, MAX_TARGET, problems).strip()
    if not target and kind.needs_target:
        problems.wrong("target", f"a {kind.type} connection needs a target")
    if _SECRET_IN_TARGET.search(target):
        problems.wrong(
            "target", "it holds a password or key, and everybody here sees the target: put it under credentials"
        )
    return target


def _credentials(document: Mapping[str, Any], kind: kinds.Kind, problems: Problems) -> Credentials | None:
    given = document.get("credentials")
    if given is None and document.get("api_key") is not None:  # the short way of the types with a key
        given = {"type": "api_key", "key": document["api_key"]}
    if given is None:
        return None
    if not isinstance(given, Mapping):
        problems.wrong("credentials", "give a table with a type")
        return None
    named = kinds.credential_named(str(given.get("type") or ""))
    if not named:
        problems.wrong("credentials.type", f"give one of {', '.join(kind.credentials)}")
        return None
    if named not in kind.credentials:
        problems.wrong("credentials.type", f"a {kind.type} connection takes {', '.join(kind.credentials)}")
        return None
    return Credentials(named, _parts(given, kinds.CREDENTIALS[named], problems))


def _parts(given: Mapping[str, Any], credential: kinds.Credential, problems: Problems) -> dict[str, str]:
    names = {each.name for each in credential.fields}
    if credential.kind == "custom_keys":
        return _own_keys(given, problems)
    for name in given:
        if name not in names and name != "type":
            problems.wrong(
                f"credentials.{str(name)[:60]}", f"{credential.kind} has {', '.join(sorted(names)) or 'no parts'}"
            )
    found = {}
    for each in credential.fields:
        value = given.get(each.name)
        if isinstance(value, str) and 0 < len(value) <= MAX_PART and _is_writable(value):
            found[each.name] = value
        elif value is not None and value != "":
            problems.wrong(f"credentials.{each.name}", f"give a text of at most {MAX_PART} characters")
        elif not each.is_optional:
            problems.wrong(f"credentials.{each.name}", "it is missing")
    return found


def _own_keys(given: Mapping[str, Any], problems: Problems) -> dict[str, str]:
    keys = given.get("keys")
    if isinstance(keys, str):  # as the form sends them
        keys = dict(line.partition("=")[::2] for line in keys.splitlines() if line.strip())
    if not isinstance(keys, Mapping) or set(given) - {"type", "keys"}:
        keys = {}
    found = {str(name).strip(): value for name, value in keys.items() if isinstance(value, str) and _is_writable(value)}
    if not 0 < len(found) <= MAX_METADATA or len(found) < len(keys) or "" in found:
        problems.wrong("credentials.keys", f"give a table of 1 to {MAX_METADATA} names with texts")
    return found


def _metadata(document: Mapping[str, Any], kind: kinds.Kind, problems: Problems) -> dict[str, Any]:
    given = document.get("metadata") or {}
    if not isinstance(given, Mapping) or len(given) > MAX_METADATA:
        problems.wrong("metadata", f"give a table of at most {MAX_METADATA} names")
        return {}
    found = {str(name): value for name, value in given.items()}
    tags = document.get("tags") or {}
    if isinstance(tags, Mapping):
        found |= {f"tags.{name}": value for name, value in tags.items()}
    artifact = document.get("artifact")
    if isinstance(artifact, Mapping):
        found |= {"artifact_name": artifact.get("name") or "", "artifact_type": artifact.get("type") or ""}
    for place in kind.places:
        if place.name in document:
            found[place.name] = document[place.name]
        if not place.is_optional and not found.get(place.name):
            problems.wrong(place.name, f"a {kind.type} connection needs it")
    for name, value in found.items():
        _check_metadata(name, value, problems)
    return {name: value for name, value in found.items() if value not in (None, "")}


def _check_metadata(name: str, value: Any, problems: Problems) -> None:
    is_plain = value is None or isinstance(value, str | bool) or (isinstance(value, int | float) and abs(value) < 2**53)
    if not is_plain or not 0 < len(name) <= MAX_NAME or not _is_writable(name):
        problems.wrong(f"metadata.{name[:60]}", "give a text, a number or true and false")
    elif isinstance(value, str) and (len(value) > MAX_METADATA_TEXT or not _is_writable(value)):
        problems.wrong(
            f"metadata.{name[:60]}", f"it has more than {MAX_METADATA_TEXT} characters, or some that can't be kept"
        )
    elif _SECRET_NAME.search(name) or (isinstance(value, str) and _SECRET_IN_TARGET.search(value)):
        problems.wrong(
            f"metadata.{name[:60]}", "everybody here sees the metadata: put what is secret under credentials"
        )


def _text(document: Mapping[str, Any], name: str, limit: int, problems: Problems) -> str:
    value = document.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str) or len(value) > limit or not _is_writable(value):
        problems.wrong(name, f"give a text of at most {limit} characters")
        return ""
    return value


def _is_writable(text: str) -> bool:
    """Whether both databases take it: PostgreSQL knows no NUL, and half a character can't be encoded."""
    return not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text)


def _flag(document: Mapping[str, Any], name: str, problems: Problems) -> bool:
    value = document.get(name, True)
    if not isinstance(value, bool):
        problems.wrong(name, "give true or false")
    return bool(value)

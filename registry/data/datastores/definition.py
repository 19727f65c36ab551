"""What people say of a datastore, checked against what its kind declares."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.data.datastores.kinds.declared import CHOICE, FLAG, NUMBER, Credential, Kind, Setting
from registry.data.datastores.kinds.registry import KINDS, kind_of
from registry.data.datastores.models import Datastore
from studio.errors import Invalid

MAX_TEXT, MAX_SECRET = 1_000, 16_000
MAX_DESCRIPTION = 10_000
# The way in that a datastore was given, kept beside its settings: its secret parts lie in the vault.
CREDENTIAL = "credential"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,98}[A-Za-z0-9_]|[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Definition:
    """A datastore as somebody wants it; `credential` is {"type": "access_key", "access_key_id": …}, None to leave it."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    credential: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """The same, as it is kept."""

    kind: str
    options: dict[str, object]
    way: str  # the credential's type
    credential: dict[str, str]  # its secret parts; empty where there are none


def check(definition: Definition) -> Checked:
    """Raises Invalid, naming the fields, for what can't be kept or called."""
    kind = known_kind(definition.kind)
    way, credential = _credential(kind, definition.credential)
    kind.check_credential(credential)
    options = {name: value for name, value in definition.options.items() if name != CREDENTIAL}
    options, credential = kind.settled(options, credential)
    checked = _options(kind, options)
    kind.check_options(checked)
    return Checked(definition.kind, checked, _way_of(kind, way, credential), credential)


def check_change(
    datastore: Datastore, options: Mapping[str, Any] | None, credential: Mapping[str, Any] | None
) -> Checked:
    """What a datastore would be after a change: settings that are not named stay, empty ones go back to what is usual.

    Raises Invalid where the credential must be entered again.
    """
    before = {name: value for name, value in datastore.options.items() if name != CREDENTIAL}
    wanted = {**before, **(options or {})}
    if credential is not None:
        return check(Definition(datastore.kind, wanted, credential))
    kind = kind_of(datastore.kind)
    checked = check(Definition(datastore.kind, wanted))
    if datastore.secret_id is not None and is_elsewhere(kind, before, checked.options):
        message = "Enter the credential again: it would be sent to another place than the one it was entered for."
        raise Invalid("credential_needed", message, fields={CREDENTIAL: message})
    return Checked(checked.kind, checked.options, str(datastore.options.get(CREDENTIAL, "")), {})


def known_kind(name: str) -> Kind:
    """The kind of this name. Raises Invalid, naming those there are."""
    known = [plugin.name for plugin in KINDS.all() if plugin.is_available]
    if name not in known:
        raise _refused("kind", f"There is no kind of datastore called {name[:40]!a}: use one of {', '.join(known)}.")
    return kind_of(name)


def check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise _refused(
            "name", "A name has 1 to 100 letters, digits, '-', '_' and '.', and begins with a letter or digit."
        )
    return name


def check_description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION:
        raise _refused("description", f"A description has at most {MAX_DESCRIPTION:,} characters.")
    return text


def settings_of(kind: Kind, options: Mapping[str, Any]) -> list[Setting]:
    """The settings that belong to the choice made in the kind's first one."""
    chosen = _chosen(kind, options)
    return [each for each in kind.settings if not each.only or chosen in each.only]


def ways_of(kind: Kind, options: Mapping[str, Any]) -> list[Credential]:
    """The ways in that belong to that choice."""
    chosen = _chosen(kind, options)
    return [each for each in kind.credentials if not each.only or chosen in each.only]


def _chosen(kind: Kind, options: Mapping[str, Any]) -> str:
    first = kind.settings[0]
    return str(options.get(first.name) or first.default)


def is_elsewhere(kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the credential would be sent to another place than the one it was entered for."""
    return any(before.get(name) != after.get(name) for name in kind.anchors)


def _options(kind: Kind, given: Mapping[str, Any]) -> dict[str, object]:
    known = settings_of(kind, given)
    names = {each.name for each in known}
    for name in given:
        if name not in names:
            raise _refused(str(name)[:60], f"This is no setting of {kind.label}: it has {', '.join(sorted(names))}.")
    found = {each.name: _value(each, given.get(each.name)) for each in known}
    return {name: value for name, value in found.items() if value not in ("", None)}


def _value(setting: Setting, value: Any) -> object:
    if value is None or value == "":
        value = setting.default
    if value in ("", None):
        if setting.required:
            raise _refused(setting.name, "This is needed.", setting.label)
        return ""
    if setting.type == FLAG:
        return _of_type(setting, value, bool, "true or false")
    if setting.type == NUMBER:
        return _of_type(setting, value, int, "a whole number")
    text = _text(setting, value, MAX_TEXT).strip()
    if setting.type == CHOICE and text not in dict(setting.choices):
        raise _refused(setting.name, f"Give one of {', '.join(dict(setting.choices))}.", setting.label)
    return text


def _of_type(setting: Setting, value: Any, wanted: type, words: str) -> Any:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise _refused(setting.name, f"Give {words}.", setting.label)
    if isinstance(value, int) and not -(2**31) < value < 2**31:
        raise _refused(setting.name, "The number is out of range.", setting.label)
    return value


def _credential(kind: Kind, given: Mapping[str, Any] | None) -> tuple[str, dict[str, str]]:
    """The way in and its parts. Nothing of a value is repeated in what is said."""
    if not given or not kind.credentials:
        if given and any(value for name, value in given.items() if name != "type"):
            raise _refused(CREDENTIAL, f"{kind.label} takes no credential.")
        return ("none", {}) if _has_none(kind) else ("", {})
    parts = {name: value for name, value in given.items() if name != "type" and value not in ("", None)}
    way = _way(kind, str(given.get("type") or ""), parts)
    found = {}
    for part in way.fields:
        if part.required and part.name not in parts:
            raise _refused(part.name, "This is needed.", part.label)
        if part.name in parts:
            found[part.name] = _text(part, parts[part.name], MAX_SECRET)
    for name in parts:
        if name not in found:
            raise _refused(str(name)[:60], f"This is no part of the credential {way.label}.")
    return way.name, found


def _way(kind: Kind, name: str, parts: Mapping[str, Any]) -> Credential:
    """The credential of this type; without a type, the one whose parts were given."""
    for each in kind.credentials:
        if each.name == name or (not name and {part.name for part in each.fields} & set(parts)):
            return each
    if not name and _has_none(kind) and not parts:
        return next(each for each in kind.credentials if each.name == "none")
    known = ", ".join(each.name for each in kind.credentials)
    raise _refused(CREDENTIAL, f"{kind.label} takes a credential of one of these types: {known}.")


def _way_of(kind: Kind, way: str, credential: Mapping[str, str]) -> str:
    """The type as it is kept: a connection string, say, is kept as the key that is in it."""
    names = {part.name for each in kind.credentials if each.name == way for part in each.fields}
    if set(credential) <= names:
        return way
    return next(each.name for each in kind.credentials if set(credential) <= {part.name for part in each.fields})


def _has_none(kind: Kind) -> bool:
    return any(each.name == "none" for each in kind.credentials)


def _text(setting: Setting, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise _refused(setting.name, "Give a text.", setting.label)
    if len(value) > most or "\0" in value:
        raise _refused(setting.name, f"At most {most:,} characters, none of them NUL.", setting.label)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refused(setting.name, "This is no valid text.", setting.label) from None
    return value


def _refused(field_name: str, sentence: str, label: str = "") -> Invalid:
    return Invalid("invalid_datastore", f"{label}: {sentence}" if label else sentence, fields={field_name: sentence})

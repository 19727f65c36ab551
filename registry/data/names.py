"""What names of assets and versions, tags and words may be: Azure's rules."""

import re
from collections.abc import Mapping
from typing import Any

from studio.errors import Invalid

MAX_NAME = 255
MAX_VERSION = 60
MAX_DESCRIPTION = 100_000
MAX_TAGS = 200
MAX_KEY = 255
MAX_VALUE = 5_000
LATEST = "latest"
# Pages below /data/ that are no asset's.
RESERVED = frozenset({"new", "datastores", "flows", "connections"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def asset_name(name: str) -> str:
    """A name as it may be. Raises Invalid."""
    if not name or len(name) > MAX_NAME or not _NAME.fullmatch(name) or name.endswith("."):
        message = (
            f"The name {name[:80]!r} can't be used: give letters, digits, '-', '_' and '.',"
            f" beginning with a letter or digit, at most {MAX_NAME}."
        )
        raise Invalid("bad_data_name", message, hint="Such as cars or cars-2026.", fields={"name": message})
    if name.lower() in RESERVED:
        message = f"The name {name} is one of the studio's own pages."
        raise Invalid("bad_data_name", message, hint="Such as cars or cars-2026.", fields={"name": message})
    return name


def version_name(version: str) -> str:
    """The name of a version as its maker gives it. Raises Invalid."""
    is_fit = bool(version) and len(version) <= MAX_VERSION and bool(_NAME.fullmatch(version))
    if not is_fit or version.lower() == LATEST:
        message = (
            f"The version {version[:80]!r} can't be used: give letters, digits, '-', '_' and '.', at most"
            f" {MAX_VERSION}; 'latest' is taken."
        )
        raise Invalid("bad_data_version", message, hint="Leave it out to have it counted.", fields={"version": message})
    return version


def description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION:
        raise _too_long("description", f"A description has at most {MAX_DESCRIPTION:,} characters.")
    return text


def tags(given: Mapping[str, Any], *, what: str = "tags") -> dict[str, str]:
    """Tags as texts; numbers and booleans of a file become texts as YAML writes them. Raises Invalid."""
    if len(given) > MAX_TAGS:
        raise _too_long(what, f"At most {MAX_TAGS} {what} fit on a data asset.")
    found = {str(key): _text(value) for key, value in given.items()}
    for key, value in found.items():
        if not key or len(key) > MAX_KEY or len(value) > MAX_VALUE or "\0" in key + value:
            raise _too_long(
                what, f"A key of {what} has 1 to {MAX_KEY} characters and a value at most {MAX_VALUE:,}; look at {key[:40]!r}."
            )  # fmt: skip
    return found


def merged(before: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Tags after a change: each is set, None removes one."""
    kept = {key: value for key, value in before.items() if changes.get(key, "") is not None}
    return tags({**kept, **{key: value for key, value in changes.items() if value is not None}})


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _too_long(field: str, message: str) -> Invalid:
    return Invalid("bad_data_value", message, fields={field: message})

"""What devices and their modules may be called."""

import re
from collections.abc import Mapping
from typing import Any

from registry.data import names as assets
from studio.errors import Invalid

MAX_DEVICE = 64
MAX_MODULE = 40
# Addresses of pages beside those of devices.
RESERVED = frozenset({"new", "deploy"})
_DEVICE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_MODULE = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def device_name(name: Any) -> str:
    """A name as a device may have it. Raises Invalid."""
    if not isinstance(name, str) or len(name) > MAX_DEVICE or not _DEVICE.fullmatch(name):
        raise bad(
            "name",
            f"The name {str(name)[:60]!r} can't be used for a device: give letters, digits, '-', '_' and '.', beginning and"
            f" ending with a letter or digit, at most {MAX_DEVICE} characters.",
            hint="Such as press-3.",
        )
    if name.lower() in RESERVED:
        raise bad("name", f"The name {name} is one of the studio's own pages.", hint="Choose another name.")
    return name


def module_name(name: Any) -> str:
    """A name as a module may have it; its container is called by it. Raises Invalid."""
    if not isinstance(name, str) or len(name) > MAX_MODULE or not _MODULE.fullmatch(name):
        raise bad(
            "name",
            f"The name {str(name)[:60]!r} can't be used for a module: give small letters, digits and '-', at most"
            f" {MAX_MODULE} characters.",
            hint="Such as defects.",
        )
    return name


def description(text: Any) -> str:
    if not isinstance(text, str):
        raise bad("description", "A description is a text.")
    return assets.description(text)


def tags(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise bad("tags", "tags is a mapping of names to texts.")
    return assets.tags(given)


def bad(field: str, message: str, *, hint: str = "") -> Invalid:
    """What is said of a field of a device or a module that can't be taken."""
    return Invalid("bad_device_value", message, hint=hint, fields={field: message})

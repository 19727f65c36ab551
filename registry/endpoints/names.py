"""What endpoints and deployments may be called: Azure's rule, so that existing files fit."""

import re
from collections.abc import Mapping
from typing import Any

from registry.data import names as assets
from studio.errors import Invalid

MAX_NAME = 32
_NAME = re.compile(r"[a-zA-Z](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?")
# Addresses of pages beside those of endpoints, and of deployments.
RESERVED = frozenset({"new", "batch", "devices", "deploy", "check"})


def endpoint_name(name: Any) -> str:
    """A name as an endpoint may have it. Raises Invalid."""
    return _checked(name, "name", "endpoint")


def deployment_name(name: Any) -> str:
    return _checked(name, "name", "deployment")


def tags(given: Any, *, what: str = "tags") -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise bad(what, f"{what} is a mapping of names to texts.")
    return assets.tags(given, what=what)


def description(text: Any) -> str:
    if not isinstance(text, str):
        raise bad("description", "A description is a text.")
    return assets.description(text)


def bad(field: str, message: str, *, hint: str = "") -> Invalid:
    """What is said of a field of an endpoint or a deployment that can't be taken."""
    return Invalid("bad_endpoint_value", message, hint=hint, fields={field: message})


def _checked(name: Any, field: str, what: str) -> str:
    if not isinstance(name, str) or len(name) > MAX_NAME or not _NAME.fullmatch(name):
        shown = str(name)[:60]
        raise bad(
            field,
            f"The name {shown!r} can't be used for {'an' if what == 'endpoint' else 'a'} {what}: give letters, digits and"
            f" '-', beginning with a letter and not ending with '-', at most {MAX_NAME} characters.",
            hint="Such as credit-scoring." if what == "endpoint" else "Such as blue.",
        )
    if name.lower() in RESERVED:
        raise bad(field, f"The name {name} is one of the studio's own pages.", hint="Choose another name.")
    return name

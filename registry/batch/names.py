"""What batch endpoints and their deployments may be called: Azure's rule, so that existing files fit."""

import re
from collections.abc import Mapping
from typing import Any

from registry.data import names as assets
from studio.errors import Invalid

MAX_NAME = 32
_NAME = re.compile(r"[a-zA-Z](?:[-_a-zA-Z0-9]*[a-zA-Z0-9])?")
# Addresses beside those of endpoints, and of deployments.
RESERVED = frozenset({"new", "check", "deploy"})


def endpoint_name(name: Any) -> str:
    """A name as a batch endpoint may have it. Raises Invalid."""
    return _checked(name, "a batch endpoint", "Such as heart-batch.")


def deployment_name(name: Any) -> str:
    return _checked(name, "a deployment", "Such as classifier-v1.")


def tags(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise bad("tags", "tags is a mapping of names to texts.")
    return assets.tags(given)


def description(text: Any) -> str:
    if not isinstance(text, str):
        raise bad("description", "A description is a text.")
    return assets.description(text)


def bad(field: str, message: str, *, hint: str = "") -> Invalid:
    """What is said of a field that can't be taken."""
    return Invalid("bad_batch_value", message, hint=hint, fields={field: message})


def _checked(name: Any, what: str, hint: str) -> str:
    if not isinstance(name, str) or len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise bad(
            "name",
            f"The name {str(name)[:60]!r} can't be used for {what}: give letters, digits, '-' and '_', beginning with a"
            f" letter and ending with a letter or digit, at most {MAX_NAME} characters.",
            hint=hint,
        )
    if name.lower() in RESERVED:
        raise bad("name", f"The name {name} is one of the studio's own pages.", hint="Choose another name.")
    return name

"""What a client says about the git state of its code: four facts, never a credential."""

import re
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 500
# user:password@ in https://user:password@host/repository
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


def clean(git: Mapping[str, Any]) -> dict[str, Any]:
    """Commit, branch, dirty and remote, where they were given; anything else is left out."""
    found: dict[str, Any] = {}
    for name in ("commit", "branch", "remote"):
        value = git.get(name)
        if isinstance(value, str) and value and "\0" not in value:
            found[name] = CREDENTIALS.sub("", value)[:MAX_TEXT]
    if isinstance(git.get("dirty"), bool):
        found["dirty"] = git["dirty"]
    return found

"""The studio's own OCI registry: where it is, who may push to it, what is in it.

`up` runs it as a child and writes down where it listens; without it, images stay in the engine's own store.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

NOTE = "registry.json"
USER = "atelier"


@dataclass(frozen=True, slots=True)
class State:
    """`address` is HOST:PORT as an engine names it in references, empty while there is none; `problem` says why."""

    address: str = ""
    problem: str = ""

    @property
    def is_there(self) -> bool:
        return bool(self.address)


def state() -> State:
    """Whether this studio has a registry of its own, from what `up` wrote down; asks nobody."""
    try:
        note = json.loads((Path(settings.DATA_DIR) / "run" / NOTE).read_bytes())
    except (OSError, ValueError):
        note = {}
    if note.get("address"):
        return State(address=str(note["address"]))
    return State(problem=str(note.get("problem") or NONE))


NONE = (
    "This studio has no image registry of its own, so images stay in the store of the Docker engine: install"
    " docker-registry and start the studio again, or choose a registry by a connection."
)


def reference(repository: str, tag: str) -> str:
    """What an image is called in the studio's own registry; without a registry, in the engine's store."""
    address = state().address
    return f"{address}/{repository}:{tag}" if address else f"{repository}:{tag}"


def credentials_for(pushed: str) -> dict[str, str] | None:
    """What opens the studio's own registry, when `pushed` is a reference of it."""
    address = state().address
    if not address or not pushed.startswith(f"{address}/"):
        return None
    return {"username": USER, "password": password()}


def password() -> str:
    """Made once at the first start of the registry; readable by the studio's user alone."""
    return (Path(settings.DATA_DIR) / "registry" / "password").read_text().strip()

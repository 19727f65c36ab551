"""The studio's own OCI registry: where it is, who may push to it, what is in it.

`up` runs it as a child and writes down where it listens; without it, images stay in the engine's own store.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from compute.building.registry_server import USER
from studio.errors import Unavailable

logger = logging.getLogger(__name__)

SECONDS = 10
PIECE = 256 * 1024
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
)
NONE = (
    "This studio has no image registry of its own, so images stay in the store of the Docker engine: install"
    " docker-registry and start the studio again, or choose a registry by a connection."
)


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
        address = str(json.loads((Path(settings.DATA_DIR) / "run" / "registry.json").read_bytes())["address"])
    except (OSError, ValueError, KeyError, TypeError):
        address = ""
    return State(address=address) if address else State(problem=NONE)


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


def tags(repository: str) -> dict[str, str]:
    """The tags of a repository and the digest each leads to. Raises Unavailable when the registry is away."""
    answer = _ask("GET", f"{repository}/tags/list")
    names = (answer.json().get("tags") or []) if answer.status_code == 200 else []
    found = {str(name): digest_of(repository, str(name)) for name in names}
    return {name: digest for name, digest in found.items() if digest}


def digest_of(repository: str, tag: str) -> str:
    """The digest a tag leads to; empty when there is no such tag."""
    answer = _ask("HEAD", f"{repository}/manifests/{tag}")
    return answer.headers.get("Docker-Content-Digest", "") if answer.status_code == 200 else ""


def manifest_of(pushed: str) -> dict[str, Any] | None:
    """The manifest that a reference of this registry leads to; None for what is elsewhere or gone. Raises Unavailable."""
    address = state().address
    if not address or not pushed.startswith(f"{address}/"):
        return None
    repository, _, tag = pushed.removeprefix(f"{address}/").rpartition(":")
    answer = _ask("GET", f"{repository}/manifests/{tag}")
    if answer.status_code != 200:
        return None
    found = answer.json()
    return found if isinstance(found, dict) else None


def read_blob(pushed: str, digest: str, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to `end` of a part of an image, as they come from the registry. Raises Unavailable."""
    host, _, rest = pushed.partition("/")
    repository = rest.rpartition(":")[0]
    if start >= end:
        return
    try:
        with httpx.stream(
            "GET",
            f"http://{host}/v2/{repository}/blobs/{digest}",
            auth=(USER, password()),
            headers={"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"},
            timeout=SECONDS,
            follow_redirects=False,
        ) as answer:
            if answer.status_code != 206 and (start or answer.status_code != 200):
                raise Unavailable("registry_away", f"The studio's own image registry answered {answer.status_code}.")
            yield from answer.iter_raw(PIECE)
    except (httpx.HTTPError, OSError) as error:
        raise Unavailable("registry_away", "The studio's own image registry does not answer.") from error


def delete(repository: str, digest: str) -> bool:
    """Delete an image by its digest, with every tag that leads to it; whether it was there. Its bytes go at a collection."""
    return _ask("DELETE", f"{repository}/manifests/{digest}").status_code == 202


def forget(pushed: str) -> None:
    """Delete what a reference of this registry leads to, unless another tag leads there, too. Elsewhere: nothing."""
    address = state().address
    if not address or not pushed.startswith(f"{address}/"):
        return
    repository, _, tag = pushed.removeprefix(f"{address}/").rpartition(":")
    try:
        found = tags(repository)
        digest = found.pop(tag, "")
        if digest and digest not in found.values():
            delete(repository, digest)
    except Unavailable as error:
        logger.info("%s was not deleted from the registry: %s", pushed, error)


def _ask(method: str, path: str) -> httpx.Response:
    address = state().address
    if not address:
        raise Unavailable("no_registry", NONE)
    try:
        return httpx.request(
            method,
            f"http://{address}/v2/{path}",
            auth=(USER, password()),
            headers={"Accept": ", ".join(MANIFESTS)},
            timeout=SECONDS,
        )
    except (httpx.HTTPError, OSError) as error:
        raise Unavailable(
            "registry_away", "The studio's own image registry does not answer.", hint="Try again in a moment."
        ) from error

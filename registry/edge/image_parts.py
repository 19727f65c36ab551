"""How an image gets to a device: through the studio, part by part, so that a device reaches nothing but the studio.

What is in the studio's own registry comes as its parts, each by its digest, in ranges: a device fetches the layers it has
not, and goes on where it was cut off. What only the engine has comes as one archive. What is in another registry the
device pulls from there, as its own engine is signed in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compute.building import own_registry
from compute.engines import opening
from registry.images.models import ImageVersion
from studio.errors import NotFound, Unavailable

LAYERS, ARCHIVE, REGISTRY = "layers", "archive", "registry"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Part:
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Parts:
    """Where a device gets an image, and by what id its engine must know it afterwards."""

    form: str
    image_id: str
    reference: str = ""  # to pull, where it is in another registry
    config: Part | None = None
    layers: list[Part] = field(default_factory=list)

    def part(self, digest: str) -> Part:
        """The part of this digest. Raises NotFound."""
        for one in [self.config, *self.layers]:
            if one is not None and one.digest == digest:
                return one
        raise NotFound("not_found", "The image has no such part.")


def of(version: ImageVersion) -> Parts:
    """Where a device gets this image. Raises Unavailable when it is nowhere just now."""
    manifest = own_registry.manifest_of(version.reference)
    if manifest is not None:
        return _layers(manifest)
    image_id = _on_engine(version)
    if image_id:
        return Parts(ARCHIVE, image_id)
    known = str(version.facts.get("image_id") or "")
    if version.connection_id is not None and known:
        return Parts(REGISTRY, known, reference=version.reference)
    raise Unavailable(
        "image_away",
        f"The image {version} is neither in the studio's registry nor on its Docker engine.",
        hint="Build it again.",
    )


def read(version: ImageVersion, part: Part, start: int, end: int) -> Iterator[bytes]:
    return own_registry.read_blob(version.reference, part.digest, start, end)


def archive(version: ImageVersion) -> Iterator[bytes]:
    """The image as `docker save` writes it, as it comes from the engine. Raises Unavailable."""
    client = _engine()
    try:
        pieces: Iterator[bytes] = client.api.get_image(version.reference)
    except Exception as error:
        client.close()
        if not _is_engine(error):
            raise
        raise Unavailable("image_away", f"The Docker engine does not give the image {version}.") from error
    return _closing(client, pieces)


def _closing(client: Any, pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    finally:
        client.close()


def _layers(manifest: Mapping[str, Any]) -> Parts:
    config, layers = manifest.get("config"), manifest.get("layers")
    if not isinstance(config, Mapping) or not isinstance(layers, list):
        raise Unavailable("image_away", "The studio's registry holds this image in a form that devices can't read.")
    found = _part(config)
    return Parts(LAYERS, found.digest, config=found, layers=[_part(one) for one in layers])


def _part(said: Mapping[str, Any]) -> Part:
    digest, size = str(said.get("digest")), said.get("size")
    if not _DIGEST.fullmatch(digest) or not isinstance(size, int):
        raise Unavailable("image_away", "The studio's registry holds this image in a form that devices can't read.")
    return Part(digest, size)


def _on_engine(version: ImageVersion) -> str:
    """The id by which this machine's engine knows the image; empty when it does not."""
    import docker.errors

    if not version.reference:
        return ""
    client = _engine()
    try:
        return str(client.images.get(version.reference).id)
    except docker.errors.ImageNotFound:
        return ""
    except Exception as error:
        if not _is_engine(error):
            raise
        raise Unavailable("engine_away", "The Docker engine of the studio does not answer.") from error
    finally:
        client.close()


def _is_engine(error: Exception) -> bool:
    import docker.errors

    return isinstance(error, docker.errors.APIError) or opening.is_away(error)


def _engine() -> Any:
    try:
        return opening.client()
    except opening.EngineAway as error:
        raise Unavailable("engine_away", str(error)) from error

"""Bringing images onto the device: part by part, checked by their digests, going on where the line was cut."""

from __future__ import annotations

import hashlib
import json
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from atelier import _client, _errors
from atelier.edge.engine import Engine, EngineRefused
from atelier.edge.folder import Folder
from atelier.edge.specs import Spec

PIECE = 1 << 18
TRIES = 4
BLOCK = 512


class Fetcher:
    """Fetches one image after the other beside the agent's own work."""

    def __init__(self, client: _client.Client, engine: Engine, folder: Folder) -> None:
        self._client, self._engine, self._folder = client, engine, folder
        self._thread: threading.Thread | None = None
        self.version = 0  # which is being fetched
        self.fetched: dict[int, tuple[str, str]] = {}  # version → image id, name of the tag
        self.problems: dict[int, str] = {}

    @property
    def is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def begin(self, spec: Spec) -> bool:
        """Fetch the image of a module, unless another is on its way; whether it was begun."""
        if self.is_busy:
            return False
        self.version = spec.version
        self.problems.pop(spec.version, None)
        self._thread = threading.Thread(target=self._fetch, args=(spec,), name="fetch", daemon=True)
        self._thread.start()
        return True

    def wait(self, seconds: float) -> None:
        if self._thread is not None:
            self._thread.join(seconds)

    def _fetch(self, spec: Spec) -> None:
        try:
            image_id = self._brought(spec)
            name = f"atelier-edge/{spec.image}-{image_id.removeprefix('sha256:')[:12]}"
            self._engine.tag(image_id, name)
            self.fetched[spec.version] = (image_id, name)
        except (_errors.AtelierError, OSError, ValueError, KeyError) as error:
            self.problems[spec.version] = str(error)

    def _brought(self, spec: Spec) -> str:
        place = f"/edge/images/{spec.version}"
        said = self._client.get(place)
        image_id = str(said["image_id"])
        if not self._engine.has_image(image_id):
            if said["form"] == "layers":
                self._bring_layers(place, said)
            elif said["form"] == "registry":
                self._engine.pull(said["reference"])
            else:
                self._engine.load(self._client.stream(f"{place}/archive"))
        if not self._engine.has_image(image_id):
            raise EngineRefused(f"The image {spec.image} did not arrive as it should be: {image_id} is not there.")
        return image_id

    def _bring_layers(self, place: str, said: dict[str, Any]) -> None:
        config = self._part(place, said["config"])
        wanted = list(json.loads(config.read_bytes())["rootfs"]["diff_ids"])
        if len(wanted) != len(said["layers"]):
            raise EngineRefused("The image's layers are not those that it was made of.")
        present = _shared(wanted, self._engine.layers())
        try:
            self._load(place, said, config, present)
        except EngineRefused:
            if not present:
                raise
            self._load(place, said, config, 0)  # an engine that wants even the layers it has
        for path in self._folder.parts.iterdir():
            path.unlink(missing_ok=True)

    def _load(self, place: str, said: dict[str, Any], config: Path, present: int) -> None:
        """Hand the engine an archive of the layers that it has not; the others are only named."""
        files = [self._part(place, part) for part in said["layers"][present:]]
        names = [f"{_hex(part)}.tar" for part in said["layers"]]
        described = [{"Config": f"{config.name}.json", "RepoTags": None, "Layers": names}]
        members = [(f"{config.name}.json", config)] + list(zip(names[present:], files))
        self._engine.load(_archive(json.dumps(described).encode(), members))

    def _part(self, place: str, part: dict[str, Any]) -> Path:
        """A file with this part of the image, whole and checked."""
        digest, size = str(part["digest"]), int(part["size"])
        whole = self._folder.parts / _hex(part)
        if whole.exists():
            return whole
        begun = whole.with_suffix(".part")
        for attempt in range(TRIES):
            try:
                self._go_on(f"{place}/parts/{digest}", begun, size)
                break
            except _errors.Unreachable:
                if attempt == TRIES - 1:
                    raise
        if _digest(begun) != digest:
            begun.unlink(missing_ok=True)
            raise EngineRefused(
                f"The part {digest[:19]} of the image did not arrive as it was sent; it is fetched again."
            )
        begun.replace(whole)
        return whole

    def _go_on(self, address: str, begun: Path, size: int) -> None:
        """Fetch what is still missing of a part."""
        have = begun.stat().st_size if begun.exists() else 0
        if have > size:
            begun.unlink()
            have = 0
        if have == size and begun.exists():
            return
        headers = {"Range": f"bytes={have}-"} if have else {}
        with self._client.opened(address, headers=headers) as response:
            mode = "ab" if response.status_code == 206 else "wb"
            with begun.open(mode) as stream:
                for piece in response.iter_bytes(PIECE):
                    stream.write(piece)
        if begun.stat().st_size < size:
            raise _errors.Unreachable("The line was cut while an image was fetched.")


def _shared(wanted: list[str], there: list[list[str]]) -> int:
    """How many of the wanted layers, from the bottom up, the engine has already."""
    most = 0
    for layers in there:
        same = 0
        while same < min(len(layers), len(wanted)) and layers[same] == wanted[same]:
            same += 1
        most = max(most, same)
    return most


def _archive(manifest: bytes, members: list[tuple[str, Path]]) -> Iterator[bytes]:
    """A tar archive, made while it is sent."""
    yield _head("manifest.json", len(manifest)) + manifest + _padding(len(manifest))
    for name, path in members:
        size = path.stat().st_size
        yield _head(name, size)
        with path.open("rb") as stream:
            while True:
                piece = stream.read(PIECE)
                if not piece:
                    break
                yield piece
        yield _padding(size)
    yield b"\0" * BLOCK * 2


def _head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return b"\0" * (-size % BLOCK)


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while True:
            piece = stream.read(PIECE)
            if not piece:
                return f"sha256:{found.hexdigest()}"
            found.update(piece)


def _hex(part: dict[str, Any]) -> str:
    """The part's digest as a file's name. Raises ValueError for what is none."""
    kind, _, text = str(part["digest"]).partition(":")
    if kind != "sha256" or len(text) != 64 or not all(letter in "0123456789abcdef" for letter in text):
        raise ValueError(f"{str(part['digest'])[:80]!r} is no digest of a part of an image.")
    return text

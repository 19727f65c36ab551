"""An OCI registry's side of a pull, over a real socket: it holds what a test puts in and may cut its answers short."""

import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Registry:
    """Manifests by tag and parts by digest; `cut` bytes are sent of the next part, then the line is dropped."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.manifests: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.cut = 0
        self.address = ""

    def put(self, tag: str, layers: list[bytes], config: bytes | None = None) -> str:
        """An image of these layers; answers the id by which an engine knows it."""
        described = {"rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]}, "os": "linux"}
        config = config or json.dumps({**described, "architecture": "amd64", "config": {}}).encode()
        for each in (config, *layers):
            self.parts[digest(each)] = each
        self.manifests[tag] = {
            "schemaVersion": 2,
            "config": {"digest": digest(config), "size": len(config)},
            "layers": [{"digest": digest(layer), "size": len(layer)} for layer in layers],
        }
        return digest(config)


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def unpacked(saved: bytes) -> tuple[bytes, list[bytes]]:
    """The config and the layers out of what `docker save` wrote."""
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:

        def read(name: str) -> bytes:
            found = archive.extractfile(name)
            assert found is not None
            return found.read()

        said = json.loads(read("manifest.json"))[0]
        return read(said["Config"]), [read(name) for name in said["Layers"]]


@contextmanager
def running(data_dir: Path) -> Iterator[Registry]:
    """The registry, as the own one of a studio with this data folder."""
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _, _, rest = self.path.partition("/v2/")
            name, kind, which = rest.rsplit("/", 2)
            registry.asked.append(f"{kind} {which}")
            if kind == "manifests":
                found = registry.manifests.get(f"{name}:{which}")
                self._answer(200 if found else 404, json.dumps(found).encode())
                return
            data = registry.parts[which]
            first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
            self._answer(206, data[int(first) : int(last) + 1])

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            cut, registry.cut = (registry.cut, 0) if status == 206 else (0, registry.cut)
            self.wfile.write(body[: cut or len(body)])
            if cut:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    registry.address = f"127.0.0.1:{server.server_port}"
    (data_dir / "run").mkdir(parents=True, exist_ok=True)
    (data_dir / "registry").mkdir(exist_ok=True)
    (data_dir / "run" / "registry.json").write_text(json.dumps({"address": registry.address}))
    (data_dir / "registry" / "password").write_text("secret")
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()

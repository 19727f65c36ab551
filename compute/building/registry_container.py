"""The studio's own OCI registry where its program is not installed and the engine has the image `registry:2`.

`python -m compute.building.registry_container DATA_DIR ADDRESS [IMAGE]` runs the container for as long as it lives itself: `up` looks
after it like any other of its processes. Nothing here knows Django.
"""

import contextlib
import hashlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

from docker.errors import DockerException, ImageNotFound
from requests import RequestException

from compute.building import registry_server
from compute.engines import hardening, opening

IMAGE = "registry:2"
LABEL = "atelier.registry"
PORT = 5000
CONFIGURATION = "/etc/docker/registry"
STORAGE = "/var/lib/registry"
MEMORY_BYTES = 512 * 1024 * 1024
# It lives as long as the studio does.
QUIET_SECONDS = 10 * 365 * 24 * 3600


def is_there(address: str) -> bool:
    """Whether the engine at `address` has the image; nothing is pulled."""
    try:
        client = opening.client(address, seconds=5)
        client.images.get(IMAGE)
    except (opening.EngineAway, ImageNotFound, DockerException, RequestException):
        return False
    return True


def run(data_dir: Path, address: str, image: str = IMAGE) -> int:
    """Start the container, one of an earlier run removed, and wait for its end; it goes with this process."""
    client = opening.client(address, seconds=QUIET_SECONDS)
    label = f"{LABEL}={hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]}"
    for old in client.containers.list(all=True, filters={"label": label}):
        old.remove(force=True)
    container = client.containers.create(image, [f"{CONFIGURATION}/config.yml"], **_options(data_dir, label))
    try:
        container.start()
        return int(container.wait()["StatusCode"])
    finally:
        with contextlib.suppress(DockerException, RequestException):
            container.remove(force=True)


def _options(data_dir: Path, label: str) -> dict[str, Any]:
    folder = data_dir / "registry"
    (folder / "images").mkdir(mode=0o700, exist_ok=True)
    name, _, value = label.partition("=")
    published = int((folder / "port").read_text())
    return {
        **hardening.limits(
            memory=MEMORY_BYTES, network="bridge", user=f"{os.getuid()}:{os.getgid()}", labels={name: value}
        ),
        "ports": {f"{PORT}/tcp": (registry_server.HOST, published)},
        "volumes": {
            str(folder / "config.yml"): {"bind": f"{CONFIGURATION}/config.yml", "mode": "ro"},
            str(folder / "htpasswd"): {"bind": f"{CONFIGURATION}/htpasswd", "mode": "ro"},
            str(folder / "images"): {"bind": STORAGE, "mode": "rw"},
        },
    }


def _stop(number: int, frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(run(Path(sys.argv[1]), *sys.argv[2:4]))

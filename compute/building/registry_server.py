"""The studio's own OCI registry as a child of `up`: Debian's `docker-registry`, else a container. Nothing here knows Django.

It listens on this machine alone, wants a password, and keeps its port across restarts, because references hold it.
"""

import json
import os
import secrets
import shutil
import socket
import sys
from pathlib import Path

import bcrypt

BINARY = "docker-registry"
USER = "atelier"
HOST = "127.0.0.1"
LOCAL = "unix:///var/run/docker.sock"
# The password is 32 random bytes: more rounds would only make every request slower.
ROUNDS = 5
CONFIGURATION = """version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: {storage}
  delete:
    enabled: true
http:
  addr: {address}
  secret: {secret}
  headers:
    X-Content-Type-Options: [nosniff]
auth:
  htpasswd:
    realm: atelier
    path: {htpasswd}
"""


def command(data_dir: Path, *, wanted: bool = True, engine: str = "") -> list[str] | None:
    """The command line, its files written: of the installed program, else of the engine's `registry:2`; None without either.

    `engine` is the address of this machine's Docker engine. What pages read is in `run/registry.json`.
    """
    note = data_dir / "run" / "registry.json"
    binary = shutil.which(BINARY) if wanted else None
    if binary is None and not (wanted and _has_image(engine)):
        note.unlink(missing_ok=True)
        return None
    folder = data_dir / "registry"
    folder.mkdir(mode=0o700, exist_ok=True)
    address = f"{HOST}:{_port(folder)}"
    _write_password(folder)
    if binary is None:
        configure_container(folder)
        line = [sys.executable, "-m", "compute.building.registry_container", str(data_dir), engine]
    else:
        _configure(folder, address, str(folder / "images"), str(folder / "htpasswd"))
        line = [binary, "serve", str(folder / "config.yml")]
    _private(note, json.dumps({"address": address}))
    return line


def configure_container(folder: Path) -> None:
    """The settings as the program needs them inside of its container, where others' places are mounted."""
    _configure(folder, "0.0.0.0:5000", "/var/lib/registry", "/etc/docker/registry/htpasswd")


def _has_image(engine: str) -> bool:
    """Whether a container can take the program's place. The engine's client is loaded for that alone."""
    if not engine.startswith("unix://") or not Path(engine.removeprefix("unix://")).exists():
        return False
    from compute.building import registry_container

    return registry_container.is_there(engine)


def _configure(folder: Path, address: str, storage: str, htpasswd: str) -> None:
    text = CONFIGURATION.format(
        storage=json.dumps(storage), address=address, secret=secrets.token_hex(16), htpasswd=json.dumps(htpasswd)
    )
    _private(folder / "config.yml", text)


def _port(folder: Path) -> int:
    """The port it had before when that is still free, else another one."""
    kept = folder / "port"
    try:
        port = int(kept.read_text())
    except (OSError, ValueError):
        port = 0
    if not (port and _is_free(port)):
        with socket.create_server((HOST, 0)) as probe:
            port = int(probe.getsockname()[1])
        _private(kept, f"{port}\n")
    return port


def _is_free(port: int) -> bool:
    try:
        with socket.create_server((HOST, port)):
            return True
    except OSError:
        return False


def _write_password(folder: Path) -> None:
    """A password of its own, made once; the file for the registry holds only what proves it."""
    kept = folder / "password"
    if not kept.exists():
        _private(kept, secrets.token_urlsafe(32))
    proof = bcrypt.hashpw(kept.read_bytes().strip(), bcrypt.gensalt(ROUNDS)).decode()
    _private(folder / "htpasswd", f"{USER}:{proof}\n")


def _private(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
    fresh.replace(path)

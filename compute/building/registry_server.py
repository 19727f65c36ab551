"""The studio's own OCI registry: Debian's `docker-registry` as a child of `up`. Nothing here knows Django.

It listens on this machine alone, wants a password, and keeps its port across restarts, because references hold it.
"""

import json
import os
import secrets
import shutil
import socket
from pathlib import Path

import bcrypt

BINARY = "docker-registry"
USER = "atelier"
HOST = "127.0.0.1"
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


def command(data_dir: Path, *, wanted: bool = True) -> list[str] | None:
    """The command line, its files written; None where there is no binary. What pages read is in `run/registry.json`."""
    binary = shutil.which(BINARY) if wanted else None
    note = data_dir / "run" / "registry.json"
    if binary is None:
        note.unlink(missing_ok=True)
        return None
    folder = data_dir / "registry"
    folder.mkdir(mode=0o700, exist_ok=True)
    address = f"{HOST}:{_port(folder)}"
    _write_password(folder)
    configuration = CONFIGURATION.format(
        storage=json.dumps(str(folder / "images")),
        address=address,
        secret=secrets.token_hex(16),
        htpasswd=json.dumps(str(folder / "htpasswd")),
    )
    _private(folder / "config.yml", configuration)
    _private(note, json.dumps({"address": address}))
    return [binary, "serve", str(folder / "config.yml")]


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

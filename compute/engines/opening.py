"""Reaching a Docker engine: this machine's, one behind SSH, or one behind TCP with TLS.

It needs no Django unless it has to ask the settings where this machine's engine is.
"""

import contextlib
import os
import tempfile
import weakref
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import urlsplit

import docker
import paramiko
import requests
import urllib3
from docker.errors import APIError, DockerException
from docker.transport import SSHHTTPAdapter

LOCAL = "unix:///var/run/docker.sock"
SCHEMES = frozenset({"unix", "ssh", "tcp"})
PLACEHOLDER = "1.41"
CONNECT_SECONDS = 5
SECONDS = 20
# What an answer of the engine itself means: it is there, and not well.
BROKEN_FROM = 500


class EngineAway(Exception):
    """The engine does not answer; its text is one sentence for people."""


# What a call raises; a stream of the engine's that breaks off is told by urllib3 itself, below requests.
FAILED = (DockerException, requests.RequestException, urllib3.exceptions.HTTPError)
# When the engine, or the way to it, has gone. APIError is one of them, and an answer: catch it before.
AWAY = (EngineAway, *FAILED, paramiko.SSHException, OSError)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens a remote engine: PEM texts for TLS, or a private key and the host's key for SSH."""

    ca: str = ""
    certificate: str = ""
    key: str = ""
    host_key: str = ""  # `ssh-ed25519 AAAA…`; without one the studio's own known hosts decide


def client(address: str = "", tls: Credentials | None = None, *, seconds: float = SECONDS) -> "docker.DockerClient":
    """A client of the engine at `address` (`""`: the setting, else this machine's socket), which has just answered.

    Raises EngineAway. `seconds` is how long one call may take.
    """
    place = address or own_address()
    try:
        return _opened(place, tls, seconds)
    except (DockerException, requests.RequestException, paramiko.SSHException, OSError, ValueError) as error:
        raise EngineAway(f"{words_of(place)} does not answer: {_why(error)}.") from error


def own_address() -> str:
    """Where this machine's engine is, as Docker's own command would look for it."""
    from django.conf import settings

    return settings.DOCKER_HOST or LOCAL


def is_local(address: str) -> bool:
    """Whether the engine shares this machine's files."""
    return not address or address.startswith("unix://")


def words_of(address: str) -> str:
    """The engine in a sentence: "The Docker engine of this machine"."""
    if is_local(address):
        return "The Docker engine of this machine"
    return f"The Docker engine at {urlsplit(address).hostname}"


def is_away(error: BaseException) -> bool:
    """Whether an error of a call means that the engine, or the way to it, has gone."""
    if isinstance(error, APIError):
        return False
    return isinstance(error, AWAY)


def _opened(place: str, tls: Credentials | None, seconds: float) -> "docker.DockerClient":
    scheme = urlsplit(place).scheme
    if scheme not in SCHEMES:
        raise ValueError("its address begins with unix://, ssh:// or tcp://")
    if scheme == "ssh":
        return _over_ssh(place, tls or Credentials(), seconds)
    if scheme == "tcp" and tls is not None:
        return _over_tls(place, tls, seconds)
    found = docker.DockerClient(base_url=place, version="auto", timeout=cast(int, seconds))
    return found


def _over_tls(place: str, tls: Credentials, seconds: float) -> "docker.DockerClient":
    held = [_held(text) for text in (tls.certificate, tls.key, tls.ca)]
    certificate, key, ca = (_path_of(one) for one in held)
    config = docker.tls.TLSConfig(client_cert=(certificate, key), ca_cert=ca, verify=True)
    # The placeholder of a version keeps the constructor from calling before the session is as it shall be.
    api = docker.APIClient(base_url=place, version=PLACEHOLDER, timeout=cast(int, seconds), tls=config)
    # REQUESTS_CA_BUNDLE would take the place of the given authority, and a proxy's variables that of the engine.
    api.trust_env = False
    # The library reads the keys again for every connection: they go with the client.
    weakref.finalize(api, _close_all, held)
    return _greeted(api)


def _greeted(api: Any) -> "docker.DockerClient":
    """A client over `api`, which has told its version."""
    api._version = api._retrieve_server_version()
    found = docker.DockerClient.__new__(docker.DockerClient)
    found.api = api
    return found


def _held(text: str) -> IO[bytes]:
    """A file for libraries that take keys only by path: in memory where the system can, and gone when closed."""
    if hasattr(os, "memfd_create"):
        held: IO[bytes] = os.fdopen(os.memfd_create("pem"), "wb")
    else:
        held = cast(IO[bytes], tempfile.NamedTemporaryFile("wb"))  # noqa: SIM115  it goes with the client
    held.write(text.encode())
    held.flush()
    return held


def _path_of(held: IO[bytes]) -> str:
    return f"/proc/self/fd/{held.fileno()}" if hasattr(os, "memfd_create") else str(held.name)


def _close_all(held: list[IO[bytes]]) -> None:
    for one in held:
        one.close()


def _over_ssh(place: str, keys: Credentials, seconds: float) -> "docker.DockerClient":
    adapter = _Tunnel(place, keys, seconds)
    api = docker.APIClient(base_url="http://engine:1", version=PLACEHOLDER, timeout=cast(int, seconds))
    api.mount("http+docker://", adapter)
    api._custom_adapter = adapter
    api.base_url = "http+docker://ssh"
    api.trust_env = False
    return _greeted(api)


class _Tunnel(SSHHTTPAdapter):
    """The library's own tunnel, with keys that are handed over instead of found in somebody's home."""

    def __init__(self, place: str, keys: Credentials, seconds: float) -> None:
        self._keys = keys
        super().__init__(place, timeout=seconds)

    def _create_paramiko_client(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.ssh_client = paramiko.SSHClient()
        self.ssh_params: dict[str, Any] = {
            "hostname": parts.hostname,
            "port": parts.port or 22,
            "username": parts.username,
            "timeout": CONNECT_SECONDS,
            "banner_timeout": CONNECT_SECONDS,
            "auth_timeout": CONNECT_SECONDS,
        }
        if self._keys.key:
            self.ssh_params |= {"pkey": _private_key(self._keys.key), "look_for_keys": False, "allow_agent": False}
        self.ssh_client.set_missing_host_key_policy(paramiko.RejectPolicy())
        if self._keys.host_key:
            name = parts.hostname if parts.port in {None, 22} else f"[{parts.hostname}]:{parts.port}"
            kind, key = _host_key(self._keys.host_key)
            self.ssh_client.get_host_keys().add(str(name), kind, key)
        else:
            self.ssh_client.load_system_host_keys()


def _private_key(text: str) -> paramiko.PKey:
    import io

    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with contextlib.suppress(paramiko.SSHException, ValueError):
            return kind.from_private_key(io.StringIO(text))
    raise ValueError("its private key can't be read (OpenSSH or PEM, without a passphrase)")


def _host_key(text: str) -> tuple[str, paramiko.PKey]:
    """The key of a line `[host] ssh-ed25519 AAAA…`."""
    import base64

    words = text.split()
    at = next((at for at, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-"))), None)
    if at is None or at + 1 >= len(words):
        raise ValueError("its host key is not a line as `ssh-keyscan` prints it")
    return words[at], paramiko.PKey.from_type_string(words[at], base64.b64decode(words[at + 1]))


def _why(error: BaseException) -> str:
    """What went wrong, in a few words and without addresses inside addresses."""
    text = str(error)
    known = (
        ("FileNotFoundError", "there is no engine's socket"),
        ("No such file", "there is no engine's socket"),
        ("PermissionError", "the studio may not open its socket"),
        ("Permission denied", "the studio may not open its socket"),
        ("Connection refused", "nothing listens there"),
        ("timed out", "no answer came in time"),
        ("Name or service not known", "its name is unknown"),
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not signed by the given authority"),
        ("Authentication failed", "it refused the key"),
    )
    for sign, words in known:
        if sign in text or sign == type(error).__name__:
            return words
    return text.rstrip(".")[:200] or type(error).__name__

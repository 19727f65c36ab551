"""Connections by SSH to a judged address and to a machine whose key is known."""

import base64
import contextlib
import hashlib
import io
import socket
from collections.abc import Mapping
from typing import Any

from registry.data.datastores import problems
from registry.data.datastores.kinds import places
from registry.data.datastores.kinds.declared import Place
from studio.outbound import addresses, pinning

SECONDS = 15.0
SECONDS_SILENT = 120.0
_EXTENDED = 200  # the message that carries what OpenSSH adds to the protocol


def connected(place: Place) -> Any:
    """A storage of django-storages with an open connection. Raises DatastoreProblem for another machine's key."""
    import paramiko
    from storages.backends.sftpstorage import SFTPStorage

    class Storage(SFTPStorage):
        """The one of the package trusts whatever key it meets and resolves the host by itself."""

        def _connect(self) -> None:
            client = paramiko.SSHClient()
            client.set_missing_host_key_policy(_policy(place))
            client.connect(
                place.text("host"), port=_port(place), username=place.text("user"), sock=_socket(place), timeout=SECONDS,
                banner_timeout=SECONDS, auth_timeout=SECONDS, allow_agent=False, look_for_keys=False,
                pkey=read_key(place.credential) if place.credential.get("private_key") else None,
                password=place.credential.get("password"),
            )  # fmt: skip
            self._ssh, self._sftp = client, client.open_sftp()
            self._sftp.get_channel().settimeout(SECONDS_SILENT)

    storage = Storage(host=place.text("host"))
    try:
        storage._connect()
    except BaseException:
        storage.close()
        raise
    return storage


def host_key(place: Place) -> str:
    """The fingerprint of the key the machine shows now. Nothing secret is sent. Raises DatastoreProblem."""
    import paramiko

    where = f"The SFTP server {place.text('host')}"
    try:
        transport = paramiko.Transport(_socket(place))
        try:
            transport.start_client(timeout=SECONDS)
            return fingerprint(transport.get_remote_server_key())
        finally:
            transport.close()
    except paramiko.SSHException as error:
        raise problems.unreachable(
            where, "what listens there speaks no SSH, or no form of it the studio knows"
        ) from error
    except (OSError, EOFError, addresses.Refused) as error:
        raise places.in_words(error, where) from error


def fingerprint(key: Any) -> str:
    """As `ssh-keygen -l` writes it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def read_key(credential: Mapping[str, str]) -> Any:
    """A private key from its text. Raises Invalid for one that can't be read, or not with its passphrase."""
    import paramiko

    text, passphrase = credential.get("private_key", "").strip() + "\n", credential.get("passphrase") or None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text), password=passphrase)
        except paramiko.PasswordRequiredException:
            raise places.refused("passphrase", "The private key needs its passphrase.") from None
        except (paramiko.SSHException, ValueError, IndexError, TypeError):
            continue
    raise places.refused("private_key", "The private key can't be read: give it whole, in OpenSSH or PEM form.")


def free_bytes(sftp: Any, path: str) -> int | None:
    """What is left for the account on the disk of a folder; None where the server can't tell, which OpenSSH can."""
    try:
        _, answer = sftp._request(_EXTENDED, "statvfs@openssh.com", path)
    except OSError:
        return None
    values = [
        answer.get_int64() for _ in range(5)
    ]  # block size, its unit, blocks, free ones, those of them for everybody
    return int(values[1] * values[4])


def to_disk(sftp: Any, target: Any) -> None:
    """Ask for an fsync, which OpenSSH knows and others may not."""
    with contextlib.suppress(OSError):
        sftp._request(_EXTENDED, "fsync@openssh.com", target.handle)


def _policy(place: Place) -> Any:
    import paramiko

    class Pinned(paramiko.MissingHostKeyPolicy):
        """Asked before anything secret is sent."""

        def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
            wanted, found = place.text("host_key"), fingerprint(key)
            if not wanted:
                raise problems.DatastoreProblem(
                    "datastore_host_key",
                    f"The key of the SFTP server {place.text('host')} is not known yet.",
                    hint="Test the connection once: the key seen then is kept.",
                )
            if wanted != found:
                raise problems.DatastoreProblem(
                    "datastore_host_key",
                    f"The SFTP server {place.text('host')} shows another key ({found}) than the one kept ({wanted}).",
                    hint="If the host was set up anew, enter its new fingerprint with the credential; else somebody is in between.",
                )

    return Pinned()


def _port(place: Place) -> int:
    port = place.options.get("port")
    return port if isinstance(port, int) else 22


def _socket(place: Place) -> socket.socket:
    return pinning.connect(place.text("host"), _port(place), purpose=addresses.DATA, timeout=SECONDS)

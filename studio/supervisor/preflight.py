"""What must be true before anything starts. Each check raises `StartError` with one clear sentence."""

import errno
import os
import resource
import socket
from pathlib import Path

FILES_WANTED = 65_536  # an open page is one socket


class StartError(Exception):
    """The studio can't start: what, why, and what to do, in one sentence."""


def prepare_data_dir(data_dir: Path) -> None:
    """Make the data folder and its parts, for the owner's eyes only."""
    try:
        for folder in (data_dir, data_dir / "run", data_dir / "logs"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = data_dir / "run" / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise StartError(
            f"The data folder {data_dir} can't be written ({error.strerror}): give another one with --data-dir,"
            " or make it writable."
        ) from error


def check_port(host: str, port: int, *, option: str = "--port") -> None:
    """The address is ours to listen on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise StartError(
            f"The host {host!r} is not known here: give an address of this machine with --host."
        ) from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise StartError(_why_not(error, host, port, option)) from error


def _why_not(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program: stop it or give another port with {option}."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be opened by this user: give a port above 1023 with {option}."
    return f"Nothing can listen on {host} port {port} ({error.strerror}): give another --host or {option}."


def raise_file_limit() -> None:
    """As many open files as the system lets this user have, up to what a busy studio needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def is_root() -> bool:
    return os.geteuid() == 0

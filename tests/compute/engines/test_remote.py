"""Engines behind TLS and behind SSH, with keys that come from the vault."""

import datetime
import getpass
import ipaddress
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from compute.engines import opening
from tests.docker_engine import SOCKET, OwnEngine
from tests.real_studio import free_port, wait_for
from tests.servers import missing

pytestmark = pytest.mark.real
Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _signed(name: str, by: Pair | None = None) -> Pair:
    """A certificate for 127.0.0.1 with its key, signed by another or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    issuer, signer = (by[0].subject, by[1]) if by else (subject, key)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    )
    if by is None:
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        made = made.add_extension(usage, critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    return made.sign(signer, hashes.SHA256()), key


def _certificate(pair: Pair) -> str:
    return pair[0].public_bytes(serialization.Encoding.PEM).decode()


def _key(pair: Pair) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return pair[1].private_bytes(encoding, form, serialization.NoEncryption()).decode()


def test_an_engine_behind_tls_takes_our_certificate_and_no_other(own_engine: OwnEngine) -> None:
    ca, other = _signed("ca"), _signed("other")
    server, ours, theirs = _signed("engine", ca), _signed("studio", ca), _signed("stranger", other)
    folder = own_engine.folder
    for name, text in (("ca", _certificate(ca)), ("cert", _certificate(server)), ("key", _key(server))):
        (folder / f"{name}.pem").write_text(text)
    own_engine.stop()
    port = free_port()
    own_engine.start(
        *("-H", f"tcp://127.0.0.1:{port}", "--tlsverify"),
        *("--tlscacert", f"{folder}/ca.pem", "--tlscert", f"{folder}/cert.pem", "--tlskey", f"{folder}/key.pem"),
    )
    address = f"tcp://127.0.0.1:{port}"
    client = opening.client(address, opening.Credentials(_certificate(ca), _certificate(ours), _key(ours)))
    assert client.version()["Version"]
    assert client.containers.list() == []  # a second connection, with the keys still there
    for wrong in (
        opening.Credentials(_certificate(ca), _certificate(theirs), _key(theirs)),
        opening.Credentials(_certificate(other), _certificate(ours), _key(ours)),
    ):
        with pytest.raises(opening.EngineAway):
            opening.client(address, wrong)
    with pytest.raises(opening.EngineAway):
        opening.client(address)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Callable[[], tuple[int, Path]]]:
    """An sshd of our own that lets its key run what `docker` needs on the other side."""
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None or shutil.which("docker") is None:
        missing("sshd (openssh-server) and docker's command line")
    with _sshd(str(program), tmp_path) as port:
        yield lambda: (port, tmp_path)


@contextmanager
def _sshd(program: str, folder: Path) -> Iterator[int]:
    for name in ("host", "person", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    port = free_port()
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\nStrictModes no\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/person.pub\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        "PermitRootLogin prohibit-password\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    process = subprocess.Popen(
        [program, "-D", "-e", "-f", str(folder / "config")], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: _listens(port), 10, "sshd does not listen")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_an_engine_behind_ssh_takes_our_key_and_only_the_host_we_know(
    docker_engine: "docker.DockerClient", sshd: Callable[[], tuple[int, Path]]
) -> None:
    if not SOCKET.exists():
        pytest.skip("the engine has no socket where docker's own command looks")
    port, folder = sshd()
    address = f"ssh://{getpass.getuser()}@127.0.0.1:{port}"
    texts = {name: (folder / name).read_text() for name in ("person", "other", "host.pub", "other.pub")}
    client = opening.client(address, opening.Credentials(key=texts["person"], host_key=texts["host.pub"]))
    assert client.info()["ID"] == docker_engine.info()["ID"]
    client.close()
    for wrong in (
        opening.Credentials(key=texts["other"], host_key=texts["host.pub"]),
        opening.Credentials(key=texts["person"], host_key=texts["other.pub"]),
        opening.Credentials(key="nonsense", host_key=texts["host.pub"]),
        opening.Credentials(key=texts["person"], host_key="nonsense"),
    ):
        with pytest.raises(opening.EngineAway):
            opening.client(address, wrong)

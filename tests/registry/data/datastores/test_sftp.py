"""SFTP: the contract on a real sshd, links on the other side, and machines that are not who they were."""

import io
import secrets
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.data.datastores.kinds import ssh
from registry.data.datastores.kinds.base import INCOMING, FileStore
from registry.data.datastores.kinds.declared import Place
from registry.data.datastores.kinds.sftp import SftpKind, SftpStore
from registry.data.datastores.problems import DatastoreProblem
from studio.errors import Conflict, Invalid, NoSpace, StudioError
from tests.contracts.file_store import MB, FileStoreContract, Patterned, put
from tests.servers import Server


def sftp_place(server: Server, folder: Path, **changed: Any) -> Place:
    options = {"host": "127.0.0.1", "port": server.port, "user": server.facts["user"], "path": str(folder), **changed}
    kept = Place("cars", options, Path("/nowhere"), {"private_key": server.facts["key"]})
    learned = SftpKind().learn(kept) if "host_key" not in changed else {}
    return Place("cars", {**options, **learned}, Path("/nowhere"), kept.credential)


@pytest.fixture
def folder(sshd: Server, settings: Any) -> Path:
    settings.DATA_HOSTS = sshd.allowed
    made = Path(sshd.facts["files"]) / secrets.token_hex(6)
    made.mkdir()
    return made


@pytest.fixture
def store(sshd: Server, folder: Path) -> SftpStore:
    return SftpStore(sftp_place(sshd, folder))


class TestSftp(FileStoreContract):
    @pytest.fixture
    def store(self, sshd: Server, folder: Path) -> FileStore:
        return SftpStore(sftp_place(sshd, folder))


def test_a_link_on_the_server_is_never_followed(store: SftpStore, folder: Path) -> None:
    secret = folder.parent / f"secret-{secrets.token_hex(4)}"
    secret.mkdir()
    (secret / "key").write_text("hush")
    (folder / "out").symlink_to(secret)
    (folder / "key").symlink_to(secret / "key")
    for act in (
        lambda: store.read("out/key"),
        lambda: store.read("key"),
        lambda: store.stat("out/key"),
        lambda: store.page("out"),
        lambda: store.write("out/new", io.BytesIO(b"x")),
        lambda: store.delete("out/key"),
    ):
        with pytest.raises(Invalid) as raised:
            act()
        assert raised.value.code == "link_refused"
    assert [bool(entry.problem) for entry in store.entries()] == [True, True]
    with pytest.raises(Conflict):
        list(store.walk())
    store.write("key", io.BytesIO(b"mine"), overwrite=True)
    assert (secret / "key").read_text() == "hush" and [entry.name for entry in secret.iterdir()] == ["key"]


def test_a_file_in_the_way_of_a_folder_is_said(store: SftpStore) -> None:
    put(store, "a")
    with pytest.raises(Conflict) as raised:
        put(store, "a/b")
    assert raised.value.code == "not_a_folder"
    put(store, "d/a")
    with pytest.raises(Conflict):
        store.write("d", io.BytesIO(b"x"), overwrite=True)


def test_a_full_disk_on_the_server_is_507_and_leaves_nothing(sshd: Server, small_disk: Path, settings: Any) -> None:
    settings.DATA_HOSTS = sshd.allowed
    store = SftpStore(sftp_place(sshd, small_disk))
    with pytest.raises(NoSpace):
        store.write("big", Patterned(12 * MB))
    assert store.stat("big") is None and list((small_disk / INCOMING).iterdir()) == []
    put(store, "small")


def test_the_janitor_removes_what_a_killed_write_left(store: SftpStore, folder: Path) -> None:
    put(store, "a")
    (folder / INCOMING / "old").write_bytes(b"half")
    assert store.tidy(older_than=timedelta(days=1)) == 0
    assert store.tidy(older_than=timedelta(seconds=-60)) == 1
    assert [entry.name for entry in store.entries()] == ["a"]


def test_the_first_test_learns_the_fingerprint_that_ssh_shows(sshd: Server, folder: Path) -> None:
    import paramiko

    known = paramiko.PublicBlob.from_string(sshd.facts["host_key"])
    learned = SftpKind().learn(sftp_place(sshd, folder, host_key=""))
    assert learned == {"host_key": ssh.fingerprint(type("Key", (), {"asbytes": lambda self: known.key_blob})())}
    assert SftpKind().learn(sftp_place(sshd, folder, **learned)) == {}


def problem(place: Place) -> StudioError:
    with pytest.raises(StudioError) as raised:
        SftpStore(place).check()
    assert raised.value.message.endswith(".") and "PRIVATE" not in raised.value.message
    return raised.value


def test_another_machines_key_is_refused_before_anything_is_sent(sshd: Server, folder: Path) -> None:
    assert problem(sftp_place(sshd, folder, host_key="SHA256:" + "A" * 43)).code == "datastore_host_key"
    assert problem(sftp_place(sshd, folder, host_key="")).code == "datastore_host_key"


def test_a_wrong_key_is_said(sshd: Server, folder: Path) -> None:
    good = sftp_place(sshd, folder)
    for credential in ({"private_key": sshd.facts["other_key"]}, {"password": "wrong"}):
        wrong = Place("cars", good.options, good.own_folder, credential)
        assert problem(wrong).code == "datastore_credential_refused"


def test_a_missing_folder_is_said(sshd: Server, folder: Path) -> None:
    assert problem(sftp_place(sshd, folder / "gone")).code == "datastore_place_missing"


def test_nobody_listening_is_said(folder: Path, settings: Any, sshd: Server) -> None:
    settings.DATA_HOSTS = {"127.0.0.1"}
    with pytest.raises(DatastoreProblem) as raised:
        SftpKind().learn(sftp_place(Server(9, sshd.facts), folder, host_key=""))
    assert raised.value.code == "datastore_unreachable" and "refused" in raised.value.message


def test_a_server_that_speaks_no_ssh_is_said(folder: Path, settings: Any, sshd: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.DATA_HOSTS = {"127.0.0.1"}

        def hang_up() -> None:
            made, _ = listener.accept()
            made.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            made.close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(DatastoreProblem) as raised:
            SftpKind().learn(sftp_place(Server(listener.getsockname()[1], sshd.facts), folder, host_key=""))
    assert raised.value.code == "datastore_unreachable"


def test_an_address_the_policy_forbids_is_not_called(sshd: Server, folder: Path, settings: Any) -> None:
    place = sftp_place(sshd, folder)
    settings.DATA_HOSTS = frozenset()
    assert problem(place).code == "address_refused"
    with pytest.raises(Invalid):
        SftpKind().check_options(place.options)


@pytest.mark.parametrize(
    "changed",
    [{"host": ""}, {"port": 0}, {"port": "22"}, {"user": ""}, {"path": "/srv/../etc"}, {"host_key": "md5:12"}],
)
def test_settings_that_cannot_be_are_refused_with_the_field(changed: dict[str, object], settings: Any) -> None:
    settings.DATA_HOSTS = {"127.0.0.1"}
    with pytest.raises(Invalid) as raised:
        SftpKind().check_options({"host": "127.0.0.1", "port": 22, "user": "me", **changed})
    assert raised.value.fields


@pytest.mark.parametrize(
    "text", ["nonsense", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"]
)
def test_a_private_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        SftpKind().check_credential({"private_key": text})

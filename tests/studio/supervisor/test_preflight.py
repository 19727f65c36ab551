"""What must be true before anything starts, each with its sentence."""

import os
import pwd
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.supervisor import preflight
from studio.supervisor.locks import DataDirLock
from studio.supervisor.preflight import StartError


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"Port {port} on 127.0.0.1 is in use by another program"):
            preflight.check_port("127.0.0.1", port)


def test_a_free_port_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    preflight.check_port("127.0.0.1", port)


def test_a_host_of_another_machine_is_refused() -> None:
    with pytest.raises(StartError, match="give another --host"):
        preflight.check_port("192.0.2.1", 8000)


def test_an_unknown_host_is_refused() -> None:
    with pytest.raises(StartError, match="not known here"):
        preflight.check_port("no-such-host.invalid", 8000)


def test_a_data_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="can't be written .*--data-dir"):
        preflight.prepare_data_dir(tmp_path / "file" / "var")


@pytest.fixture
def in_a_closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    tmp_path.chmod(0o500)
    monkeypatch.chdir(tmp_path)
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)  # root may write everywhere
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_without_permission_is_refused(in_a_closed_folder: None) -> None:
    with pytest.raises(StartError, match="can't be written .*Permission denied"):
        preflight.prepare_data_dir(Path("var"))


def test_the_data_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    preflight.prepare_data_dir(tmp_path / "var")
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0


def test_one_studio_per_data_folder(tmp_path: Path) -> None:
    preflight.prepare_data_dir(tmp_path)
    first, second = DataDirLock(tmp_path), DataDirLock(tmp_path)
    first.acquire()
    with pytest.raises(StartError, match=rf"runs already .* \(process {os.getpid()}\)"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()

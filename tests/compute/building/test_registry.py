"""The studio's own registry, and that its password shows nowhere."""

import io
import json
import shutil
import socket
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import httpx
import psutil
import pytest

from compute.building import own_registry, registry_server, tidying
from compute.building.models import Build
from compute.building.plans import Push
from compute.jobs.models import Job, JobState
from studio.errors import Unavailable
from tests import real_studio
from tests.compute.building.conftest import BuildBench, Remembering, small
from tests.servers import missing

REPOSITORY = "vision/digits"


@pytest.fixture
def registry(settings: Any) -> Iterator[str]:
    """The registry as `up` runs it; its address."""
    command = registry_server.command(_folder(settings).parent)
    if command is None:
        missing("docker-registry")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = own_registry.state().address
    _wait_for(address)
    yield address
    process.kill()
    process.wait()
    (Path(settings.DATA_DIR) / "run" / "registry.json").unlink(missing_ok=True)


def _folder(settings: Any) -> Path:
    folder = Path(settings.DATA_DIR) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    ends_at = time.monotonic() + 20
    while time.monotonic() < ends_at:
        try:
            socket.create_connection((host, int(port)), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the registry does not listen")


def test_without_a_program_the_state_says_where_images_stay(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    assert not own_registry.state().is_there
    assert "stay in the store of the Docker engine" in own_registry.state().problem
    assert own_registry.reference(REPOSITORY, "1") == "vision/digits:1"
    with pytest.raises(Unavailable):
        own_registry.tags(REPOSITORY)


def test_its_files_are_closed_and_its_port_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(registry_server, "BINARY", "sh")
    first = registry_server.command(tmp_path)
    told = (tmp_path / "run/registry.json").read_text()
    password = (tmp_path / "registry/password").read_text()
    assert registry_server.command(tmp_path) == first
    assert (tmp_path / "run/registry.json").read_text() == told
    assert (tmp_path / "registry/password").read_text() == password
    for path in (tmp_path / "registry").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert path.name == "password" or password not in path.read_text()
    assert not any(password in word for word in first or [])
    assert registry_server.command(tmp_path, wanted=False) is None
    assert not (tmp_path / "run/registry.json").exists()


def test_a_port_that_somebody_took_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(registry_server, "BINARY", "sh")
    registry_server.command(tmp_path)
    port = int((tmp_path / "registry/port").read_text())
    with socket.create_server(("127.0.0.1", port)):
        registry_server.command(tmp_path)
    assert int((tmp_path / "registry/port").read_text()) != port


@pytest.mark.real
@pytest.mark.django_db(transaction=True)
def test_an_image_is_pushed_listed_and_deleted_and_the_password_is_nowhere(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient, registry: str
) -> None:
    reference = own_registry.reference(REPOSITORY, "1")
    password = own_registry.password()
    seen: set[str] = set()
    job = builds.build(small(builds), push=Push(reference=reference))
    job = builds.wait(job, lambda job: _watch(seen) or job.is_finished, seconds=60)
    assert job.state == JobState.COMPLETED, builds.log(job)
    (result,) = owner.results
    assert result.reference == reference
    assert own_registry.tags(REPOSITORY) == {"1": result.digest}
    assert httpx.get(f"http://{registry}/v2/_catalog", timeout=5).status_code == 401
    assert "layers sent" in builds.log(job)
    assert any("compute.building.program" in line for line in seen)
    places = {
        "log": builds.log(job),
        "runner": builds.said(job),
        "commands": "\n".join(seen),
        "job": json.dumps(Job.objects.filter(pk=job.pk).values("spec", "message", "process").get()),
        "build": json.dumps(Build.objects.filter(job=job).values("plan", "result", "problem").get()),
        "inspect": json.dumps(docker_engine.images.get(reference).attrs),
        "history": json.dumps(docker_engine.images.get(reference).history()),
        "image": b"".join(docker_engine.images.get(reference).save()).decode("latin-1"),
    }
    assert [place for place, text in places.items() if password in text] == []
    builds.finished(small(builds), push=Push(reference=own_registry.reference(REPOSITORY, "stable")))
    own_registry.forget(reference)
    assert own_registry.tags(REPOSITORY) == {
        "1": result.digest,
        "stable": result.digest,
    }  # one image: it is still wanted
    assert own_registry.delete(REPOSITORY, result.digest)
    assert own_registry.tags(REPOSITORY) == {}
    tidying.forget(reference)
    assert docker_engine.images.list(name=f"{registry}/{REPOSITORY}:1") == []


@pytest.mark.real
def test_where_the_program_is_not_installed_a_container_takes_its_place(
    docker_engine: docker.DockerClient, base_image: str, tmp_path: Path
) -> None:
    binary = shutil.which(registry_server.BINARY) or missing("docker-registry")
    image = _stand_in(docker_engine, base_image, Path(binary))
    (tmp_path / "run").mkdir()
    engine = "unix:///var/run/docker.sock"
    assert registry_server.command(tmp_path, engine="unix:///nowhere.sock") is not None  # the program is preferred
    registry_server.configure_container(tmp_path / "registry")
    port = int((tmp_path / "registry/port").read_text())
    command = [sys.executable, "-m", "compute.building.registry_container", str(tmp_path), engine, image]
    process = subprocess.Popen(command, cwd=real_studio.ROOT)
    opened = ("atelier", (tmp_path / "registry/password").read_text())
    try:
        real_studio.wait_for(lambda: _status(port, opened) == 200, 40, "the registry does not answer")
        assert _status(port, ("atelier", "wrong")) == 401
        (container,) = docker_engine.containers.list(filters={"ancestor": image})
        assert container.attrs["HostConfig"]["CapDrop"] == ["ALL"]
        assert container.attrs["HostConfig"]["PortBindings"]["5000/tcp"][0]["HostIp"] == "127.0.0.1"
    finally:
        process.terminate()
        process.wait(20)
        left_over = docker_engine.containers.list(all=True, filters={"ancestor": image})
        docker_engine.images.remove(image, force=True)
    assert left_over == []


def _stand_in(client: docker.DockerClient, base: str, binary: Path) -> str:
    """An image as `registry:2` is: its program as the entry point, its settings as the command."""
    found = io.BytesIO()
    text = f'FROM {base}\nCOPY registry /bin/registry\nENTRYPOINT ["/bin/registry", "serve"]\n'.encode()
    with tarfile.open(fileobj=found, mode="w") as tar:
        for name, data in (("Dockerfile", text), ("registry", binary.read_bytes())):
            head = tarfile.TarInfo(name)
            head.size, head.mode = len(data), 0o755
            tar.addfile(head, io.BytesIO(data))
    found.seek(0)
    client.images.build(fileobj=found, custom_context=True, tag="atelier-test/registry:2", network_mode="none", rm=True)
    return "atelier-test/registry:2"


def _status(port: int, opened: tuple[str, str]) -> int:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/v2/", auth=opened, timeout=2).status_code
    except httpx.HTTPError:
        return 0


@pytest.mark.real
@pytest.mark.django_db(transaction=True)
def test_a_registry_that_refuses_fails_the_build_and_no_tag_stays(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient, registry: str, settings: Any
) -> None:
    (Path(settings.DATA_DIR) / "registry" / "password").rename(Path(settings.DATA_DIR) / "registry" / "right")
    (Path(settings.DATA_DIR) / "registry" / "password").write_text("a-wrong-password")
    stage = small(builds, tag="atelier-test/refused")
    job, _ = builds.finished(stage, push=Push(reference=own_registry.reference(REPOSITORY, "2")))
    (Path(settings.DATA_DIR) / "registry" / "right").rename(Path(settings.DATA_DIR) / "registry" / "password")
    assert job.state == JobState.FAILED
    assert owner.moves[-1][1].startswith("The registry did not take the image:")
    assert "a-wrong-password" not in builds.log(job)
    assert docker_engine.images.list(name="atelier-test/refused") == []
    assert docker_engine.images.list(name=f"{registry}/{REPOSITORY}:2") == []


def _watch(seen: set[str]) -> None:
    """The command lines of this moment."""
    for process in psutil.process_iter():
        try:
            seen.add(" ".join(process.cmdline()))
        except psutil.Error:
            continue

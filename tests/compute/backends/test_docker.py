"""The backend of Docker engines holds the contract, and what only a container can show."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import docker
import pytest

from compute.backends import docker as backends
from compute.backends.attempt_folders import folder_of
from compute.backends.base import BackendUnavailable, Handover, JobRef
from compute.backends.docker import DockerBackend
from tests.contracts.backend import NOWHERE, SECRET, BackendContract

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def tidied(docker_engine: "docker.DockerClient", base_image: str, settings: Any, tmp_path: Any) -> Iterator[None]:
    """Every test is an installation of its own, and leaves nothing on the engine."""
    settings.DATA_DIR = tmp_path
    yield
    backends.YOUNG, young = timedelta(0), backends.YOUNG
    try:
        DockerBackend().tidy({}, frozenset())
    finally:
        backends.YOUNG = young


class TestDockerBackend(BackendContract):
    @pytest.fixture
    def backend(self) -> DockerBackend:
        return DockerBackend()

    def test_the_token_is_in_nothing_that_the_engine_tells(
        self, docker_engine: "docker.DockerClient", submit: Callable[..., JobRef]
    ) -> None:
        container = docker_engine.containers.get(submit()["container"])
        assert SECRET not in str(container.attrs)
        assert SECRET.encode() not in container.logs()

    def test_a_stopped_attempt_leaves_no_container_and_no_volume(
        self, docker_engine: "docker.DockerClient", backend: DockerBackend, submit: Callable[..., JobRef]
    ) -> None:
        name = submit()["container"]
        assert [volume.name for volume in docker_engine.volumes.list() if volume.name == name] == [name]
        backend.stop({"container": name, "job": 1, "attempt": 1}, grace=timedelta(0))
        assert not docker_engine.containers.list(all=True, filters={"name": name})
        assert not [volume for volume in docker_engine.volumes.list() if volume.name == name]

    def test_a_container_that_nobody_noted_is_found_by_its_name(
        self, backend: DockerBackend, submit: Callable[..., JobRef]
    ) -> None:
        ref = submit(4711)
        (folder_of(4711, 1) / backends.MARK).unlink()  # the worker died before it could
        assert submit(4711) == ref

    def test_what_does_not_count_any_more_is_tidied_and_the_rest_stays(
        self, backend: DockerBackend, submit: Callable[..., JobRef], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept, left = submit(4712), submit(4713)
        backend.tidy({}, frozenset({(4712, 1)}))
        assert backend.poll(left).alive  # young: its job may not have been known
        monkeypatch.setattr(backends, "YOUNG", timedelta(seconds=-5))
        backend.tidy({}, frozenset({(4712, 1)}))
        assert (backend.poll(kept).alive, backend.poll(left).alive) == (True, False)

    def test_containers_of_another_studio_are_not_touched(
        self, backend: DockerBackend, submit: Callable[..., JobRef], settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = submit()
        monkeypatch.setattr(backends, "YOUNG", timedelta(seconds=-5))
        settings.SECRET_KEY = "another installation"
        backend.tidy({}, frozenset())
        assert backend.poll(ref).alive

    def test_an_image_that_is_not_there_is_said_and_leaves_nothing(
        self, docker_engine: "docker.DockerClient", backend: DockerBackend
    ) -> None:
        with pytest.raises(BackendUnavailable, match="image is not on the engine"):
            backend.submit(Handover(4714, 1, "vision", NOWHERE, SECRET, {}, "atelier-env:none"))
        assert not [volume for volume in docker_engine.volumes.list() if "-4714-" in volume.name]

    def test_an_engine_that_is_away_is_said_and_remembered(self, backend: DockerBackend, tmp_path: Path) -> None:
        settings = {"address": f"unix://{tmp_path}/nothing.sock"}
        with pytest.raises(BackendUnavailable, match="does not answer"):
            backend.submit(Handover(4715, 1, "vision", NOWHERE, SECRET, settings))
        assert "does not answer" in backend.why_not_ready(settings)

    def test_more_gpus_than_there_are_is_said(self, backend: DockerBackend) -> None:
        backend.look({})
        assert backend.why_not_ready({}) == ""
        assert backend.why_not_ready({"gpus": "1"}) == "The Docker engine of this machine offers no GPU."

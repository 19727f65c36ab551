"""The backend of Docker engines holds the contract, and what only a container can show."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import docker
import pytest

from compute.backends import docker as backends
from compute.backends.docker import DockerBackend
from tests.contracts.backend import BackendContract

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

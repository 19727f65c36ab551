"""Instances as containers of a real Docker engine."""

import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import docker
import pytest

from registry.endpoints.deployers import docker as docker_deployer
from registry.endpoints.deployers.base import Deployer
from registry.endpoints.models import Deployment, Endpoint
from registry.images import contents, plans
from registry.images.models import Image, ImageVersion
from studio.access.models import Workspace
from tests.contracts.deployer import DeployerContract, score
from tests.docker_engine import base_image, docker_engine
from tests.factories.endpoints import SCORE, make_deployment, make_endpoint

__all__ = ["base_image", "docker_engine"]
pytestmark = [pytest.mark.real, pytest.mark.django_db]
PACKAGES = ("httptools", "orjson", "uvloop", "yaml", "_yaml")


@pytest.fixture(scope="module")
def serving_image(docker_engine: docker.DockerClient, base_image: str) -> Iterator[str]:
    """An image with the runtime, made of what this interpreter has: a build of our own is tested elsewhere."""
    tag = "atelier-deployer-test:runtime"
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        for path, data in contents.runtime_files():
            _add(archive, f"runtime/{path}", data)
        for name in PACKAGES:
            spec = find_spec(name)
            if spec is not None and spec.origin is not None:
                archive.add(Path(spec.origin).parent, f"runtime/{name}")
        lines = [
            f"FROM {base_image}",
            f"COPY runtime {plans.RUNTIME}",
            (
                f"ENV PYTHONPATH={plans.RUNTIME} AML_APP_ROOT=/var/azureml-app ATELIER_SERVING_PORT=5001"
                " ATELIER_SERVING_HOST=0.0.0.0 AZUREML_ENTRY_SCRIPT=score.py HOME=/tmp PYTHONUNBUFFERED=1"
            ),
            'CMD ["python3", "-m", "atelier.serving"]',
        ]
        _add(archive, "Dockerfile", "\n".join(lines).encode())
    context.seek(0)
    docker_engine.images.build(fileobj=context, custom_context=True, tag=tag, rm=True)
    yield tag
    docker_engine.images.remove(tag, force=True)
    with suppress(docker.errors.APIError):  # somebody else's instances may be in it
        docker_engine.networks.get(docker_deployer.NETWORK).remove()


class TestDockerDeployer(DeployerContract):
    seconds = 60.0

    @pytest.fixture(autouse=True)
    def folder(self, settings: Any, tmp_path: Path) -> None:
        settings.DEPLOYMENTS_DIR = tmp_path / "deployments"
        settings.SECRET_KEY = f"only for {tmp_path}"

    @pytest.fixture
    def deployer(self, docker_engine: docker.DockerClient) -> Deployer:
        return docker_deployer.DockerDeployer()

    @pytest.fixture
    def endpoint(self, workspace: Workspace) -> Endpoint:
        return make_endpoint(workspace)

    @pytest.fixture
    def make(
        self, endpoint: Endpoint, docker_engine: docker.DockerClient, serving_image: str
    ) -> Iterator[Callable[..., Deployment]]:
        made: list[str] = []

        def deployment(files: dict[str, str] | None = None, **asked: Any) -> Deployment:
            tag = f"atelier-deployer-test:{len(made)}"
            _build(docker_engine, tag, serving_image, files or {"score.py": SCORE})
            made.append(tag)
            image, _ = Image.objects.get_or_create(workspace=endpoint.workspace, name="iris")
            number = ImageVersion.objects.count() + 1
            ImageVersion.objects.create(
                image=image, number=number, state="ready", content_hash=str(number), reference=tag
            )
            return make_deployment(
                endpoint, is_live=False, deployer="docker", image=f"iris:{number}", code="", scoring_script="", **asked
            )

        yield deployment
        for tag in made:
            docker_engine.images.remove(tag, force=True)

    def test_a_container_may_do_little(
        self, deployer: Deployer, started: Any, docker_engine: docker.DockerClient
    ) -> None:
        _, ref = started()
        container = docker_engine.containers.get(ref["container"])
        config = container.attrs["HostConfig"]
        assert (config["CapDrop"], config["ReadonlyRootfs"], config["Privileged"]) == (["ALL"], True, False)
        assert config["Memory"] > 0
        assert config["NanoCpus"] > 0
        assert container.attrs["Config"]["User"].startswith("10001")

    def test_the_log_of_a_container_that_is_gone_is_kept(self, deployer: Deployer, started: Any) -> None:
        _, ref = started({"score.py": "def init():\n    print('hello')\n\n\ndef run(data):\n    return data\n"})
        look = self.until(deployer, ref, lambda look: bool(look.address))
        assert score(look.address, {}) is not None
        deployer.stop(ref, grace=timedelta(seconds=5))
        assert "hello" in deployer.log(ref, lines=50)


def _build(client: docker.DockerClient, tag: str, base: str, files: dict[str, str]) -> None:
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        _add(archive, "Dockerfile", f"FROM {base}\nCOPY app /var/azureml-app\n".encode())
        for path, text in files.items():
            _add(archive, f"app/{path}", text.encode())
    context.seek(0)
    client.images.build(fileobj=context, custom_context=True, tag=tag, rm=True)


def _add(archive: tarfile.TarFile, path: str, data: bytes) -> None:
    info = tarfile.TarInfo(path)
    info.size, info.mode = len(data), 0o644
    archive.addfile(info, io.BytesIO(data))

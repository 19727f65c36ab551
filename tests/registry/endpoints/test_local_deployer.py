"""Instances as processes of this machine."""

import json
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from registry.endpoints.deployers import trees
from registry.endpoints.deployers.base import Deployer
from registry.endpoints.deployers.local import LocalDeployer
from registry.endpoints.models import Deployment, Endpoint
from studio.access.models import Workspace
from tests.contracts.deployer import DeployerContract, score
from tests.factories.endpoints import make_code, make_deployment, make_endpoint, make_model_version

pytestmark = [pytest.mark.django_db]

MODEL = """
import os, pathlib

def init():
    global text
    text = (pathlib.Path(os.environ["AZUREML_MODEL_DIR"]) / "model.txt").read_text()

def run(data):
    return {"said": text, "level": os.environ["LEVEL"]}
"""


class TestLocalDeployer(DeployerContract):
    @pytest.fixture(autouse=True)
    def folder(self, settings: Any, tmp_path: Path) -> None:
        # Ids begin again with each test, and folders are called by them.
        settings.DEPLOYMENTS_DIR = tmp_path / "deployments"

    @pytest.fixture
    def deployer(self) -> Deployer:
        return LocalDeployer()

    @pytest.fixture
    def endpoint(self, workspace: Workspace) -> Endpoint:
        return make_endpoint(workspace)

    @pytest.fixture
    def make(self, endpoint: Endpoint) -> Callable[..., Deployment]:
        def deployment(files: dict[str, str] | None = None, **asked: Any) -> Deployment:
            code = make_code(endpoint.workspace, files)
            return make_deployment(endpoint, is_live=False, code=code.sha256, scoring_script="score.py", **asked)

        return deployment

    def test_the_model_and_the_variables_are_where_azure_has_them(
        self, deployer: Deployer, endpoint: Endpoint, started: Any, make: Callable[..., Deployment]
    ) -> None:
        make_model_version(endpoint.workspace)
        made = make({"score.py": MODEL}, model="iris:1", environment_variables={"LEVEL": "7"})
        instance = self.instance_of(deployer, made)
        ref = deployer.start(instance)
        try:
            look = self.until(deployer, ref, lambda look: bool(look.address))
            assert score(look.address, {}) == {"said": "weights", "level": "7"}
            assert not ref["socket"] or Path(ref["socket"]).is_socket()
            assert (trees.root_of(instance.revision) / "azureml-models" / "iris" / "1" / "model.txt").exists()
        finally:
            deployer.stop(ref, grace=timedelta(0))
        deployer.forget(instance.revision)
        assert not trees.tree_of(instance.revision).exists()

    def test_nothing_survives_the_one_who_watches_over_it(self, deployer: Deployer, started: Any) -> None:
        _, ref = started()
        self.until(deployer, ref, lambda look: bool(look.address))
        said = json.loads((Path(ref["folder"]) / "state.json").read_bytes())
        os.kill(ref["pid"], signal.SIGKILL)
        self.until(deployer, ref, lambda look: not look.alive)
        deployer.stop(ref, grace=timedelta(0))
        assert not psutil.pid_exists(said["pid"]) or psutil.Process(said["pid"]).status() == psutil.STATUS_ZOMBIE

    def test_memory_has_a_limit(self, deployer: Deployer, make: Callable[..., Deployment]) -> None:
        hungry = "def init():\n    global held\n    held = bytearray(400_000_000)\n\ndef run(data):\n    return 1\n"
        made = make({"score.py": hungry}, resources={"limits": {"memory": "200Mi"}})
        ref = deployer.start(self.instance_of(deployer, made))
        look = self.until(deployer, ref, lambda look: not look.alive)
        assert "MemoryError" in look.problem

"""Files of a run, and versions made of them."""

import io
from collections.abc import Callable

import pytest

from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import versions
from runs.tracking.models import Run
from runs.tracking.services import artifacts
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_run

MLMODEL = b"""flavors:
  python_function:
    loader_module: mlflow.sklearn
  sklearn:
    code: null
signature:
  inputs: '[{"type": "double", "name": "petal width", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
"""


@pytest.fixture
def run(workspace: Workspace, ben: User) -> Run:
    found = make_run(workspace, created_by=ben, name="brisk-otter-1")
    for path, data in {"model/MLmodel": MLMODEL, "model/data/weights.bin": b"\0\1", "other.txt": b"no"}.items():
        artifacts.put_artifact(actor=ben, run=found, path=path, stream=io.BytesIO(data))
    return found


@pytest.fixture
def register(workspace: Workspace, ben: User) -> Callable[..., ModelVersion]:
    def make(name: str = "digits-svm", source: str = "s3://elsewhere/model", **more: object) -> ModelVersion:
        new = versions.NewVersion(source=source, **more)  # type: ignore[arg-type]
        return versions.register_version(actor=ben, workspace=workspace, name=name, new=new)

    return make

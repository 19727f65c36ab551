"""Runtimes that several tests ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sdk.serving import saved_models
from tests.sdk.serving.runtime import Runtime, serving, write_script

SCRIPT = """
import json
import time

import pandas
from azureml.contrib.services.aml_response import AMLResponse

def init():
    global factor
    factor = 3

def run(data):
    asked = json.loads(data)
    time.sleep(asked.get("sleep", 0))
    if asked.get("crash"):
        raise ValueError("secret of the model")
    if asked.get("leave"):
        raise SystemExit(9)
    if asked.get("status"):
        return AMLResponse({"own": True}, asked["status"], {"x-own": "a\\r\\nb: c"}, json_str=True)
    if asked.get("result"):
        return eval(asked["result"])
    return {"y": asked["x"] * factor}
"""


@pytest.fixture(scope="package")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A script, one worker, small limits."""
    folder = tmp_path_factory.mktemp("scripted")
    variables = write_script(folder, SCRIPT)
    with serving(
        folder,
        **variables,
        SCORING_TIMEOUT_MS="400",
        ATELIER_SERVING_BODY_LIMIT="20000",
        ATELIER_DEPLOYMENT="blue",
        AML_CORS_ORIGINS="https://app.example",
    ) as runtime:
        yield runtime


@pytest.fixture(scope="package")
def ridge_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_models.save_ridge(tmp_path_factory.mktemp("models") / "azureml-models" / "diabetes" / "3")


@pytest.fixture(scope="package")
def ridge(ridge_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """An MLflow model of scikit-learn without a script."""
    with serving(tmp_path_factory.mktemp("ridge"), AZUREML_MODEL_DIR=str(ridge_folder)) as runtime:
        yield runtime

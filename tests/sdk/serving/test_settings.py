"""What the environment may say, what the runtime brings with it, and what its code may use."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from atelier.serving import places, requirements
from atelier.serving import settings as serving_settings
from atelier.serving.problems import LoadProblem

from tests.sdk.serving.runtime import ROOT

SOURCES = sorted((ROOT / "sdk" / "src" / "atelier" / "serving").glob("*.py"))


def test_without_variables_the_defaults_hold() -> None:
    settings = serving_settings.from_environment({})
    assert (settings.port, settings.workers, settings.threads, settings.time_limit) == (5001, 1, 1, 60.0)
    assert (settings.body_limit, settings.batch_rows, settings.max_concurrent) == (100 << 20, 1, 0)
    assert str(settings.app_root) == "/var/azureml-app"


def test_the_variables_of_the_contract_are_read() -> None:
    settings = serving_settings.from_environment(
        {
            "AZUREML_MODEL_DIR": "/m",
            "AZUREML_ENTRY_SCRIPT": "src/score.py",
            "AML_APP_ROOT": "/code",
            "WORKER_COUNT": "3",
            "SCORING_TIMEOUT_MS": "1500",
            "ATELIER_SERVING_PORT": "0",
            "ATELIER_SERVING_BATCH_MS": "5",
            "ATELIER_DEPLOYMENT": "green",
        }
    )
    assert (str(settings.model_dir), settings.entry_script, settings.workers) == ("/m", "src/score.py", 3)
    assert (settings.time_limit, settings.port, settings.deployment) == (1.5, 0, "green")
    # Who names only the time wants batching.
    assert (settings.batch_wait, settings.batch_rows) == (0.005, 64)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKER_COUNT", "0"),
        ("WORKER_COUNT", "1.5"),
        ("SCORING_TIMEOUT_MS", "soon"),
        ("SCORING_TIMEOUT_MS", "0"),
        ("ATELIER_SERVING_PORT", "70000"),
        ("ATELIER_SERVING_EXTRA_FIELDS", "maybe"),
        ("ATELIER_SERVING_BATCH_ROWS", "nan"),
    ],
)
def test_a_value_that_can_not_be_one_is_named(name: str, value: str) -> None:
    with pytest.raises(LoadProblem, match=name):
        serving_settings.from_environment({name: value})


def test_the_package_names_the_same_requirements() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "sdk" / "pyproject.toml").read_text())["project"]
    assert sorted(project["optional-dependencies"]["serving"]) == sorted(requirements.REQUIREMENTS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_the_runtime_keeps_to_python_3_9(path: Path) -> None:
    text = path.read_text()
    ast.parse(text, feature_version=(3, 9))
    if path.name not in ("__init__.py", "__main__.py", "requirements.py"):
        # Annotations are never evaluated, so they may be written as newer ones.
        assert "from __future__ import annotations" in text


def test_the_process_above_the_workers_loads_nothing_heavy() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "import atelier.serving.main_process, sys; print(*sys.modules)"],
        env={"PYTHONPATH": str(ROOT / "sdk" / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"numpy", "pandas", "mlflow", "sklearn", "django", "httpx", "yaml"} & set(seen)


@pytest.mark.parametrize(
    ("folder", "named"),
    [
        ("azureml-models/digits/3", ("digits", "3")),
        ("azureml-models/digits/3/model", ("digits", "3")),
        ("elsewhere", ("elsewhere", "1")),
    ],
)
def test_a_model_is_called_as_its_folder_says(tmp_path: Path, folder: str, named: tuple[str, str]) -> None:
    (tmp_path / folder).mkdir(parents=True)
    settings = serving_settings.from_environment({"AZUREML_MODEL_DIR": str(tmp_path / folder)})
    assert places.name_of(settings) == named


def test_the_one_mlflow_model_among_the_models_is_found_and_several_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "azureml-models/digits/3/model").mkdir(parents=True)
    (tmp_path / "azureml-models/digits/3/model/MLmodel").write_text("flavors: {}")
    settings = serving_settings.from_environment({"AZUREML_MODEL_DIR": str(tmp_path / "azureml-models")})
    assert places.name_of(settings) == ("digits", "3")
    (tmp_path / "azureml-models/other/1").mkdir(parents=True)
    (tmp_path / "azureml-models/other/1/MLmodel").write_text("flavors: {}")
    with pytest.raises(LoadProblem, match="2 MLflow models"):
        places.name_of(settings)

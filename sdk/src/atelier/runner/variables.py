"""The environment a command sees."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atelier import _problem_file, _secrets
from atelier.runner import client as http
from atelier.runner.failures import JobFailure
from atelier.runner.inputs import Places

# What the runner was started with and the command has no use for.
OWN = frozenset({"PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME", "ATELIER_IMAGE_PYTHONPATH"})


def fetch_secrets(client: http.Client, spec: Mapping[str, Any]) -> dict[str, str]:
    """The values of the secrets that the job's variables name. They are kept in memory alone.

    Raises JobFailure when one can't be had: the command is not started without it.
    """
    found = {}
    for name in _secrets.names((spec.get("environment_variables") or {}).values()):
        try:
            answer = client.get(f"jobs/{spec['job_id']}/secrets/{name}")
        except http.Refused as error:
            raise JobFailure("input", f"The secret {name} can't be had: {error}") from error
        found[name] = str(answer["value"])
    return found


def command_environment(
    spec: Mapping[str, Any],
    *,
    token: str,
    interpreter: Mapping[str, str],
    places: Places,
    journal: Path,
    problem: Path,
    secrets: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The runner's own clean environment, then the interpreter's, then the job's, then what tells a script its run.

    `secrets` are the values of those that the job's variables name; `problem` is the file for the sentence of a command that fails.
    """
    variables = {name: value for name, value in os.environ.items() if name not in OWN}
    variables.update(interpreter)
    given = (spec.get("environment_variables") or {}).items()
    own = {name: _secrets.fill(str(value), secrets or {}) for name, value in given}
    if own.get("PYTHONPATH") and interpreter.get("PYTHONPATH"):
        own["PYTHONPATH"] = os.pathsep.join([own["PYTHONPATH"], interpreter["PYTHONPATH"]])
    variables.update(own)
    variables.setdefault("PYTHONUNBUFFERED", "1")
    for name, text in places.inputs.items():
        variables[f"AZURE_ML_INPUT_{name}"] = text
    for name, text in places.outputs.items():
        variables[f"AZURE_ML_OUTPUT_{name}"] = text
    variables.update(_identity(spec, token, journal))
    variables[_problem_file.VARIABLE] = str(problem)
    return variables


def _identity(spec: Mapping[str, Any], token: str, journal: Path) -> dict[str, str]:
    url, workspace = str(spec["url"]), str(spec["workspace"])
    run, experiment = str(spec.get("run_id") or ""), str(spec.get("experiment") or "")
    # By its number: a script's own MLFLOW_EXPERIMENT_NAME would have to be the same experiment.
    numbered = {"MLFLOW_EXPERIMENT_ID": str(spec["experiment_id"])} if spec.get("experiment_id") else {}
    return {
        "ATELIER_URL": url,
        "ATELIER_TOKEN": token,
        "ATELIER_WORKSPACE": workspace,
        "ATELIER_RUN_ID": run,
        "ATELIER_JOB_ID": str(spec["job_id"]),
        "ATELIER_ATTEMPT": str(spec["attempt"]),
        "ATELIER_EXPERIMENT": experiment,
        "ATELIER_DIR": str(journal),
        "MLFLOW_TRACKING_URI": f"{url}/mlflow/{workspace}",
        "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_RUN_ID": run,
        **numbered,
        "AZUREML_RUN_ID": run,
        "AZUREML_ARM_PROJECT_NAME": experiment,
        "AZUREML_ARM_WORKSPACE_NAME": workspace,
    }

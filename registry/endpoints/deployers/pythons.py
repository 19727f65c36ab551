"""The interpreter that runs an environment on this machine, with the runtime behind the environment's own packages."""

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from atelier.runner import environment as building
from atelier.serving.requirements import REQUIREMENTS
from django.conf import settings

from compute.backends import process_trees
from registry.endpoints.deployers.base import NotPrepared
from registry.environments import venvs
from registry.environments.models import Environment
from studio.accounts.models import User

INSTALL_SECONDS = 25  # less than a lease
KEPT_LINES = 3


@dataclass(frozen=True, slots=True)
class Python:
    """`path` is empty while the environment is being made; `message` says so. `search` goes into PYTHONPATH."""

    path: str
    search: tuple[str, ...] = ()
    message: str = ""


def of(environment: Environment | None, *, actor: User | None = None, asked_at: datetime | None = None) -> Python:
    """The interpreter of an environment, asked again until it is there. Raises NotPrepared when it can't be made.

    `actor` deploys: the job that makes the environment acts for them. A failure from before `asked_at` is tried again.
    """
    sdk = str(settings.SDK_DIR)
    if environment is None or environment.kind == Environment.Kind.CURRENT:
        return Python(sys.executable, (sdk,))
    venv = venvs.ensure(content=environment, actor=actor, asked_at=asked_at)
    if venv.problem:
        raise NotPrepared(f"The environment can't be made: {venv.problem}")
    if not venv.python:
        return Python("", message=venv.waits)
    packages = next(iter(sorted(Path(venv.python).parents[1].glob("lib/python*/site-packages"))), None)
    if packages is None:
        raise NotPrepared("The environment was made without a folder for packages.")
    return Python(venv.python, (str(packages), str(_runtime(venv.python, packages.parent.name)), sdk))


def _runtime(python: str, version: str) -> Path:
    """A folder with what the runtime needs beside Python, made once for each version of it."""
    folder = Path(settings.DATA_DIR) / "cache" / "serving" / version
    folder.mkdir(parents=True, exist_ok=True)
    with process_trees.only_one(folder):
        done = folder / "whole"
        if not done.exists():
            _install(python, folder)
            done.write_text(str(time.time()))
    return folder


def _install(python: str, folder: Path) -> None:
    uv = building.find_uv()
    if uv is None:
        raise NotPrepared("uv, which brings the runtime's packages, is not installed on this machine.")
    command = [uv, "pip", "install", "--quiet", "--python", python, "--target", str(folder), *REQUIREMENTS]
    try:
        answer = subprocess.run(
            command, env=building.build_variables(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=INSTALL_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotPrepared("The packages of the scoring runtime could not be brought in time.") from None
    if answer.returncode:
        said = " ".join(answer.stdout.split("\n")[-KEPT_LINES - 1 :]).strip()
        raise NotPrepared(f"The packages of the scoring runtime could not be installed: {said[:500]}")

"""Instances as processes of this very machine."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import psutil
from django.conf import settings

from compute.backends import process_trees
from registry.endpoints.deployers import pythons, trees
from registry.endpoints.deployers.base import DeployerUnavailable, Look, NotPrepared, Prepared, Ref, told
from registry.endpoints.models import DeploymentRevision, Instance
from registry.endpoints.specs import Spec
from studio.errors import StudioError

LAUNCH = Path(__file__).with_name("launch.py")
HOST = "127.0.0.1"
LOG_TAIL = 2_000_000
START_SECONDS = 10
MAX_SOCKET_PATH = 100  # the system's limit is 108, less on others
# `sh` starts the launcher in the background and ends: it gets a parent of its own and survives this process.
DETACH = '"$@" </dev/null >launch.out 2>&1 & echo $!'


class LocalDeployer:
    """Starts `python -m atelier.serving` detached from the worker, in a folder that is named by revision and instance."""

    label: ClassVar[str] = "A process of this machine"

    def why_not_ready(self) -> str:
        return ""

    def prepare(self, revision: DeploymentRevision) -> Prepared:
        try:
            python = pythons.of(revision.environment, actor=revision.created_by, asked_at=revision.created_at)
            if not python.path:
                return Prepared(False, message=python.message)
            if not trees.make(revision):
                return Prepared(False, message="The model's files are being copied.")
        except StudioError as error:
            raise NotPrepared(error.message) from error
        except OSError as error:
            raise DeployerUnavailable(f"This machine's disk can't be written: {error.strerror or error}.") from error
        return Prepared(True, {"python": python.path, "search": list(python.search)})

    def start(self, instance: Instance) -> Ref:
        folder = _folder(instance)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with process_trees.only_one(folder):
                return _read(folder / "process.json") or _start(folder, instance)
        except (OSError, subprocess.SubprocessError) as error:
            raise DeployerUnavailable(f"The process could not be started: {error}") from error

    def look(self, ref: Ref) -> Look:
        folder = Path(ref.get("folder") or "/nonexistent")
        said = _read(folder / "state.json")
        if process_trees.find(ref.get("pid"), ref.get("started")) is not None:
            port = said.get("port")
            return Look(True, address=f"{HOST}:{port}" if port and not said.get("problem") else "")
        code = _read(folder / "exit.json").get("exit")
        return Look(False, problem=_why(said, code), exit=code)

    def stop(self, ref: Ref, *, grace: timedelta) -> None:
        process = process_trees.find(ref.get("pid"), ref.get("started"))
        if process is not None and grace > timedelta(0):
            process_trees.ask(process, seconds=grace.total_seconds())
        process_trees.kill(process)
        group = {"pgid": ref.get("pid"), "started": ref.get("started")}
        process_trees.kill_command(group, mark=ref.get("folder") or "")

    def log(self, ref: Ref, *, lines: int) -> str:
        folder = Path(ref.get("folder") or "/nonexistent")
        text = b"".join(_tail(folder / name) for name in ("log.old", "log.txt"))
        found = text.decode("utf-8", "replace").splitlines()
        return "\n".join(found[-lines:])

    def left(self) -> list[Ref]:
        found = []
        alive = {str(pk) for pk in Instance.objects.filter(state__in=Instance.ALIVE).values_list("pk", flat=True)}
        for place in Path(settings.DEPLOYMENTS_DIR).glob("*/instances/*/process.json"):
            ref = _read(place)
            if place.parent.name not in alive and process_trees.find(ref.get("pid"), ref.get("started")):
                found.append(ref)
        return found

    def forget(self, revision: DeploymentRevision) -> None:
        trees.remove(revision)


def _folder(instance: Instance) -> Path:
    return trees.tree_of(instance.revision) / "instances" / str(instance.pk)


def _start(folder: Path, instance: Instance) -> Ref:
    revision = instance.revision
    spec = Spec.from_json(revision.spec)
    python = revision.prepared.get("python") or sys.executable
    _write(
        folder / "command.json",
        {
            "command": [python, "-m", "atelier.serving"],
            "directory": str(trees.root_of(revision)),
            "environment": _environment(folder, instance, spec),
            "memory": spec.resources.memory,
        },
    )
    answer = subprocess.run(
        ["/bin/sh", "-c", DETACH, "sh", sys.executable, "-I", "-S", str(LAUNCH), str(folder)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=START_SECONDS,
        check=True,
        start_new_session=True,
        umask=0o077,
        env=dict(settings.RUNNER_ENVIRONMENT),
    )
    pid = int(answer.stdout)
    try:
        started = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        started = 0.0
    ref = {"pid": pid, "started": started, "folder": str(folder), "socket": _socket(folder)}
    _write(folder / "process.json", ref)
    return ref


def _socket(folder: Path) -> str:
    """Where the gateway reaches it without TCP; empty where the path is too long for that."""
    path = str(folder / "http.sock")
    return path if len(os.fsencode(path)) <= MAX_SOCKET_PATH else ""


def _environment(folder: Path, instance: Instance, spec: Spec) -> dict[str, str]:
    revision = instance.revision
    place = trees.model_dir(revision)
    said = {
        **settings.RUNNER_ENVIRONMENT,
        "ATELIER_SERVING_ACCESS_LOG": "on",
        **spec.environment_variables,
        "PYTHONPATH": os.pathsep.join(revision.prepared.get("search") or [str(settings.SDK_DIR)]),
        "PYTHONUNBUFFERED": "1",
        "AML_APP_ROOT": str(trees.root_of(revision)),
        "AZUREML_ENTRY_SCRIPT": revision.scoring_script,
        "SCORING_TIMEOUT_MS": str(spec.request_settings.request_timeout_ms),
        "ATELIER_SERVING_HOST": HOST,
        "ATELIER_SERVING_PORT": "0",
        "ATELIER_SERVING_SOCKET": _socket(folder),
        "ATELIER_SERVING_STATE": str(folder / "state.json"),
        "ATELIER_DEPLOYMENT": str(revision.deployment),
        # By this mark all that it starts is found again, also what leaves its session.
        "ATELIER_DIR": str(folder / "work"),
    }
    if place is not None:
        said["AZUREML_MODEL_DIR"] = str(place)
    return {name: value for name, value in said.items() if value}


def _why(said: dict[str, Any], code: int | None) -> str:
    """Why a process ended: what the runtime wrote down, with the place, else how it ended."""
    if said.get("problem"):
        return told(said)
    if code is None:
        return "The process was killed."
    if code < 0:
        return f"The process was ended by signal {-code}."
    return f"The process ended with exit code {code}."


def _tail(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - LOG_TAIL))
            return stream.read()
    except OSError:
        return b""


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, value: dict[str, Any]) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(value))
    fresh.replace(path)

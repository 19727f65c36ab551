"""The interpreter a command runs with: this one, or a virtual environment built once for each content."""

from __future__ import annotations

import configparser
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import atelier
from atelier import _locks
from atelier.runner.failures import JobFailure
from atelier.runner.logs import Spool

PACKAGE = Path(atelier.__file__).resolve().parent
# What scripts import beside it comes along; an SDK of another build may lack it.
PACKAGES = [path for path in (PACKAGE, PACKAGE.with_name("mltable")) if path.is_dir()]
# What PYTHONPATH was in an image before the runner was put in front of it.
IMAGE_PATH = "ATELIER_IMAGE_PYTHONPATH"
CLIENT_NEEDS = "httpx>=0.27,<1"
BUILD_SECONDS = 3600
LAST_LINES = 12
# uv has its own names for what pip is told, and reads none of pip's.
_PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
_OUT_OF_REACH = re.compile(r"fetch|request|connect|certificate|timed? ?out|registry|index|401|403", re.IGNORECASE)


@dataclass(frozen=True)
class Interpreter:
    """Where the command's Python is, and what its environment must hold for it."""

    python: Path
    variables: Mapping[str, str]


def prepare(definition: Mapping[str, Any], *, cache: Path, spool: Spool, stopped: Callable[[], bool]) -> Interpreter:
    """The interpreter of a definition, built when nobody has built it before. Raises `JobFailure` with the reason."""
    if definition.get("note"):
        spool.note(str(definition["note"]))
    if str(definition.get("kind") or "current") == "current":
        return current()
    folder = cache / (str(definition.get("digest") or "") or _digest(definition))
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache / f"{folder.name}.lock", spool, stopped):
        if not _is_ready(folder):
            _build(folder, definition, spool, stopped)
        _place_sdk(folder)
    return _of_folder(folder)


def current() -> Interpreter:
    """The interpreter that runs this runner, with the SDK importable."""
    python = Path(sys.executable)
    variables = {"PATH": _first_on_path(python.parent), "PYTHONPATH": _joined(str(PACKAGE.parent), "")}
    if sys.prefix != sys.base_prefix:
        variables["VIRTUAL_ENV"] = sys.prefix
    return Interpreter(python, variables)


def of_image() -> Interpreter:
    """The interpreter of the container this runner is in, with what its image puts on the path, and the SDK behind that."""
    found = os.environ.get(IMAGE_PATH, "")
    return Interpreter(Path(sys.executable), {"PYTHONPATH": _joined(found, str(PACKAGE.parent))})


def nearest_python(wanted: str) -> tuple[str, str]:
    """The path and version of the installed Python closest to `wanted` ("3.11"); the newer one of two as close."""
    found = _installed()
    for version in sorted(found, key=lambda have: (abs(_minor(have) - _minor(wanted)), -_minor(have))):
        if version == _own_version() or _works(found[version]):
            return found[version], version
    return _own_base(), _own_version()


def _installed() -> dict[str, str]:
    """The interpreters on the path by version, and our own."""
    found = {_own_version(): _own_base()}
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for path in sorted(Path(folder or ".").glob("python3.*")):
            match = re.fullmatch(r"python(3\.\d+)", path.name)
            if match and os.access(path, os.X_OK):
                found.setdefault(match[1], str(path))
    return found


def _works(python: str) -> bool:
    """Whether an interpreter really starts: a version manager leaves names on the path that lead nowhere."""
    try:
        return (
            subprocess.run([python, "-c", "import venv"], capture_output=True, timeout=30, check=False).returncode == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False


def _own_base() -> str:
    return getattr(sys, "_base_executable", "") or sys.executable


def _build(folder: Path, definition: Mapping[str, Any], spool: Spool, stopped: Callable[[], bool]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    wanted = _short(str(definition.get("python") or "")) or _own_version()
    python, version = nearest_python(wanted)
    if version != wanted:
        spool.note(f"Python {wanted} is not installed here: Python {version} is used, the nearest there is.")
    packages = [str(package) for package in definition.get("packages") or []]
    spool.note(
        f"Building the environment: Python {version}, {len(packages)} requirements. It is kept for the next run."
    )
    began = time.monotonic()
    requirements = folder.with_name(folder.name + ".txt")
    requirements.write_text("\n".join([*packages, *_client_requirement(packages)]) + "\n")
    try:
        builder = Builder(spool, stopped)
        builder.make(folder, python)
        builder.install(folder, requirements)
    finally:
        requirements.unlink(missing_ok=True)
    (folder / "ready.json").write_text(json.dumps({"python": version}))
    spool.note(f"The environment is ready after {time.monotonic() - began:.1f} s.")


class Builder:
    """Makes a virtual environment with uv where it is there, and with pip where it is not or fails."""

    def __init__(self, spool: Spool, stopped: Callable[[], bool]) -> None:
        self._spool = spool
        self._stopped = stopped
        self._uv = find_uv()
        self._last: list[str] = []

    def make(self, folder: Path, python: str) -> None:
        if self._uv and self._run([self._uv, "venv", "--quiet", "--no-project", "--python", python, str(folder)]):
            return
        shutil.rmtree(folder, ignore_errors=True)
        if not self._run([python, "-m", "venv", str(folder)]):
            raise self._failure("The virtual environment could not be made")

    def install(self, folder: Path, requirements: Path) -> None:
        inside = str(_python_in(folder))
        install = ["install", "-r", str(requirements)]
        if self._uv and self._run([self._uv, "pip", *install, "--python", inside, "--compile-bytecode"]):
            return
        said = list(self._last)
        # pip may reach what uv could not; a requirement that is wrong is as wrong for pip.
        if self._uv and not _OUT_OF_REACH.search("\n".join(said)):
            raise self._failure("The packages could not be installed")
        if not self._has_pip(inside) or not self._run([inside, "-m", "pip", *install, "--disable-pip-version-check"]):
            self._last = self._last or said
            raise self._failure("The packages could not be installed")

    def _has_pip(self, inside: str) -> bool:
        return self._run([inside, "-m", "ensurepip", "--default-pip"])

    def _run(self, command: list[str]) -> bool:
        """Runs one step with its output in the log; whether it went well."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            env=build_variables(),
        )
        self._last = []
        assert process.stdout is not None
        for line in process.stdout:
            self._last = [*self._last, line.rstrip()][-LAST_LINES:]
            self._spool.write(f"[build] {line.rstrip()}\n")
            if self._stopped():
                process.kill()
        return process.wait(BUILD_SECONDS) == 0 and not self._stopped()

    def _failure(self, what: str) -> JobFailure:
        return JobFailure("environment", f"{what}:\n" + "\n".join(self._last))


@contextlib.contextmanager
def _alone(path: Path, spool: Spool, stopped: Callable[[], bool]) -> Iterator[None]:
    """Only one builder of an environment at a time; the others wait and find it built."""
    lock = _locks.FileLock(path)
    waits = False
    while not lock.acquire():
        if not waits:
            spool.note("Another run is building this environment: waiting for it.")
            waits = True
        if stopped():
            raise JobFailure("environment", "Stopped while waiting for the environment.")
        time.sleep(0.2)
    try:
        yield
    finally:
        lock.release()


def _of_folder(folder: Path) -> Interpreter:
    python = _python_in(folder)
    return Interpreter(python, {"PATH": _first_on_path(python.parent), "VIRTUAL_ENV": str(folder)})


def _is_ready(folder: Path) -> bool:
    return (folder / "ready.json").is_file() and _python_in(folder).exists()


def _place_sdk(folder: Path) -> None:
    """Copies this very SDK into the environment, again whenever it has changed."""
    site = next(iter(sorted(folder.glob("lib/python*/site-packages"))), None)
    if site is None:
        return
    mark = _fingerprint()
    marker = site / "atelier" / ".fingerprint"
    if marker.is_file() and marker.read_text() == mark:
        return
    for package in PACKAGES:
        shutil.rmtree(site / package.name, ignore_errors=True)
        shutil.copytree(package, site / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    marker.write_text(mark)


def _fingerprint() -> str:
    hashed = hashlib.sha256()
    for path in sorted(path for package in PACKAGES for path in package.rglob("*.py")):
        state = path.stat()
        hashed.update(f"{path.relative_to(PACKAGE.parent)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return hashed.hexdigest()


def _client_requirement(packages: list[str]) -> list[str]:
    """What the SDK itself needs, unless the person has named a version."""
    named = {re.split(r"[^A-Za-z0-9_.-]", package.strip(), maxsplit=1)[0].lower() for package in packages}
    return [] if "httpx" in named else [CLIENT_NEEDS]


def build_variables() -> dict[str, str]:
    """The builder's environment: what pip is told by variables and files, under uv's own names too."""
    variables = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    told = {**_pip_files(), **{name: value for name in _PIP_TO_UV if (value := _pip_variable(name))}}
    for name, value in told.items():
        variables.setdefault(_PIP_TO_UV[name], value)
    if "extra-index-url" in told:  # pip takes the best of all its indexes, uv the first that knows the name
        variables.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    variables.setdefault("UV_PYTHON_DOWNLOADS", "never")
    variables.setdefault("UV_NO_PROGRESS", "1")
    return variables


def _pip_variable(name: str) -> str:
    return os.environ.get("PIP_" + name.upper().replace("-", "_"), "")


def _pip_files() -> dict[str, str]:
    """What pip's configuration files say of the packages' whereabouts; later files win, as with pip."""
    home = Path(os.environ.get("HOME") or "/nonexistent")
    places = [
        Path("/etc/pip.conf"),
        home / ".pip/pip.conf",
        home / ".config/pip/pip.conf",
        Path(sys.prefix) / "pip.conf",
    ]
    if os.environ.get("PIP_CONFIG_FILE"):
        places.append(Path(os.environ["PIP_CONFIG_FILE"]))
    parser = configparser.RawConfigParser(strict=False)
    with contextlib.suppress(configparser.Error, OSError, UnicodeDecodeError):
        parser.read(places)
    found = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            found.update({name: value for name, value in parser.items(section) if name in _PIP_TO_UV and value.strip()})
    return {name: " ".join(value.split()) for name, value in found.items()}


def find_uv() -> str | None:
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.exists() else shutil.which("uv")


def _python_in(folder: Path) -> Path:
    return folder / "bin" / "python"


def _first_on_path(folder: Path) -> str:
    return _joined(str(folder), os.environ.get("PATH", os.defpath))


def _joined(first: str, rest: str) -> str:
    return os.pathsep.join(part for part in (first, rest) if part)


def _digest(definition: Mapping[str, Any]) -> str:
    kept = {name: definition.get(name) for name in ("kind", "python", "packages")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _short(version: str) -> str:
    match = re.match(r"3\.\d+", version)
    return match[0] if match else ""


def _own_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _minor(version: str) -> int:
    return int(version.split(".")[1])

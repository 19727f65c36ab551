"""Packages, brought in from outside of any container: wheels alone, so nothing of a package runs here."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from atelier.runner import environment

from compute.building.program import telling
from compute.building.program.failing import Problem
from compute.building.program.telling import Teller

# A name, then nothing, extras, a version, a marker or an https address: never an option, a path or a folder.
REQUIREMENT = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[A-Za-z0-9._,\s-]*\])?\s*"
    r"((===|==|~=|!=|<=|>=|<|>)[^;@/\\\r\n]*|@\s*https://[^\s\r\n]+)?\s*(;[^\r\n]*)?\Z"
)
PYTHON = re.compile(r"3\.[0-9]{1,2}")
# What Debian 12, Ubuntu 22.04 and whatever is newer have; newest packages have no wheels for anything older.
PLATFORMS = {"amd64": "x86_64-manylinux_2_34", "arm64": "aarch64-manylinux_2_34"}
# What an installer needs of this process's variables is everything but the job's own.
OWN = ("ATELIER_", "MLFLOW_", "AZUREML_", "AZURE_ML_")
SHOWN_FAILURES = 12
PASSWORDS = re.compile(r"://[^/\s:@]*:([^/\s@]+)@")
SHEBANG = re.compile(rb"\A#!.*?python[^\n]*\n")


def install(
    requirements: Sequence[str], *, folder: Path, python: str, platform: str, index: str, teller: Teller
) -> None:
    """Unpack what `requirements` ask for, and all that needs, below `folder`. Raises Problem in the resolver's words."""
    uv = environment.find_uv()
    if uv is None:
        raise Problem("uv is not installed beside the studio, so no packages can be brought into an image.")
    listed = folder.with_name(folder.name + ".txt")
    listed.write_text("".join(f"{line}\n" for line in checked(requirements)))
    folder.mkdir(parents=True)
    command = [
        *(uv, "pip", "install", "--target", str(folder), "--requirements", str(listed), "--no-config"),
        *("--python", sys.executable, "--python-version", _python(python), "--python-platform", _platform(platform)),
        *("--no-build", "--no-progress", "--color", "never"),
    ]
    what = "1 requirement" if len(requirements) == 1 else f"{len(requirements)} requirements"
    teller.say(f"Bringing in {what} for Python {python}", indent=2)
    began = time.monotonic()
    found = variables(index)
    teller.hide(password for value in found.values() for password in PASSWORDS.findall(value))
    said = _run(command, teller, found)
    if said is not None:
        raise Problem(_failure(said))
    count = sum(1 for _ in folder.glob("*.dist-info"))
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    took = telling.seconds(time.monotonic() - began)
    teller.say(f"{count} package{'' if count == 1 else 's'}, {telling.size(total)}, in {took}", indent=2)


def compile_all(folder: Path, at: str, teller: Teller) -> None:
    """Byte code beside every module, named after its place in the image and not asking for its source's age."""
    began = time.monotonic()
    command = [sys.executable, "-I", "-m", "compileall", "-q", "-j", str(os.cpu_count() or 1)]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", at, str(folder)]
    # A module that does not compile (a template, another Python's syntax) is compiled by nobody then.
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    teller.say(f"Compiled in {telling.seconds(time.monotonic() - began)}", indent=2)


def portable_scripts(folder: Path) -> None:
    """Commands of packages start with the image's Python, not with the one that unpacked them."""
    for path in (folder / "bin").glob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            changed = SHEBANG.sub(b"#!/usr/bin/env python3\n", data, count=1)
            if changed != data:
                path.unlink()  # never through a hard link into the installer's cache
                path.write_bytes(changed)
                path.chmod(0o755)


def checked(requirements: Iterable[str]) -> list[str]:
    """The lines as they are given to the resolver, one requirement each. Raises Problem for any other thing."""
    found = []
    for line in requirements:
        if "git+" in line:
            raise Problem(
                f"{line[:120]!r} is source code: an image takes wheels alone. Build a wheel and name its address."
            )
        if not REQUIREMENT.match(line):
            raise Problem(f"{line[:120]!r} is no requirement such as 'numpy==2.1'.")
        found.append(line)
    return found


def variables(index: str) -> dict[str, str]:
    """The resolver's environment: where packages come from, and nothing of the job. An index's password is only here."""
    found = {name: value for name, value in environment.build_variables().items() if not name.startswith(OWN)}
    return {**found, "UV_DEFAULT_INDEX": index} if index else found


def is_own(python: str) -> bool:
    """Whether this interpreter makes byte code for that version."""
    return python == f"{sys.version_info.major}.{sys.version_info.minor}"


def _run(command: Sequence[str], teller: Teller, found: dict[str, str]) -> list[str] | None:
    """Its last lines when it failed. What it says goes to the log."""
    process = subprocess.Popen(
        command, env=found, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line.rstrip())
            teller.say(line, indent=4)
    finally:
        process.kill()  # of one that has ended: nothing
        process.wait()
    return said[-SHOWN_FAILURES:] if process.returncode else None


def _failure(said: Sequence[str]) -> str:
    text = "\n".join(line for line in said if line.strip() and not line.startswith(("Using ", "hint: `")))
    hint = ""
    if "no wheel" in text or "has no usable wheels" in text or "--no-build" in text or "no compatible" in text:
        hint = "\nAn image takes wheels alone: choose a version that has one for this Python."
    return f"The packages could not be brought together:\n{text}{hint}"


def _python(version: str) -> str:
    if not PYTHON.fullmatch(version):
        raise Problem(f"{version[:40]!r} is no Python version such as 3.11.")
    return version


def _platform(platform: str) -> str:
    found = PLATFORMS.get(platform.rpartition("/")[2])
    if found is None:
        raise Problem(f"Images for {platform[:40]!r} can't be built: linux/amd64 and linux/arm64 can.")
    return found

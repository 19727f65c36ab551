"""Conda files, read as the Python and the pip requirements they mean: environments are built with uv, not conda."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from registry.environments import requirements
from studio import plain_yaml
from studio.errors import Invalid

MAX_TEXT = 200_000
# Conda's name → pip's, where they differ. An empty name is what a wheel brings along or pip can't install.
PIP_NAMES = {
    "pytorch": "torch", "pytorch-cpu": "torch", "pytorch-gpu": "torch", "pytorch-cuda": "", "cudatoolkit": "",
    "cudnn": "", "cpuonly": "", "py-xgboost": "xgboost", "py-opencv": "opencv-python-headless",
    "opencv": "opencv-python-headless", "matplotlib-base": "matplotlib", "tensorflow-gpu": "tensorflow",
    "msgpack-python": "msgpack", "pytables": "tables", "python-dateutil": "python-dateutil", "blas": "", "mkl": "",
    "openssl": "", "libgcc": "", "gcc_linux-64": "", "setuptools": "setuptools", "ca-certificates": "", "git": "",
}  # fmt: skip
SPEC = re.compile(r"(?:[A-Za-z0-9_-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)\s*(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CondaFile:
    python: str
    packages: tuple[str, ...]
    note: str


def parse(text: str, name: str) -> CondaFile:
    """The file's Python and packages. Raises Invalid saying what can't be read."""
    if len(text) > MAX_TEXT or "\0" in text:
        raise _invalid(name, "it is too large, or is not text")
    try:
        document = plain_yaml.load(text)
    except yaml.YAMLError:
        raise _invalid(name, "it is not YAML") from None
    if not isinstance(document, Mapping):
        raise _invalid(name, "it has no dependencies")
    return read(document, name)


def read(document: Mapping[str, Any], name: str) -> CondaFile:
    """The same of a conda file written inside the job file."""
    dependencies = document.get("dependencies")
    if not isinstance(dependencies, list):
        raise _invalid(name, "its dependencies must be a list")
    python, packages, left_out = "", [], []
    for item in dependencies:
        if isinstance(item, Mapping):
            packages += _pip(item, name)
            continue
        package, version = _split(item, name)
        pip_name = PIP_NAMES.get(package, package)
        if package == "python":
            python = _python(version)
        elif package not in ("pip", "uv") and pip_name:
            packages.append(pip_name + _version(version))
        elif not pip_name:
            left_out.append(package)
    note = f"Left out of the conda file, since wheels bring it along: {', '.join(left_out)}." if left_out else ""
    return CondaFile(python, tuple(dict.fromkeys(packages)), note)


def _pip(item: Mapping[str, Any], name: str) -> list[str]:
    lines = item.get("pip")
    # Only texts are ever shown or joined: an alias can make a list that would be endless to print.
    if len(item) != 1 or not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise _invalid(name, "a dependency must be a name with a version, or a list under pip")
    return list(requirements.parse("\n".join(lines), f"{name} (pip)"))


def _split(item: Any, name: str) -> tuple[str, str]:
    match = SPEC.match(item.strip()) if isinstance(item, str) else None
    if match is None:
        shown = repr(item[:60]) if isinstance(item, str) else f"a {type(item).__name__}"
        raise _invalid(name, f"{shown} is no dependency such as 'numpy=2.1'")
    return match[1].lower(), match[2].strip()


def _python(version: str) -> str:
    match = re.search(r"(\d+\.\d+)", version)
    return match[1] if match else ""


def _version(spec: str) -> str:
    """`=1.5` and `1.5` mean 1.5 and its patches to conda; a second `=build` is dropped."""
    spec = spec.replace(" ", "")
    if not spec or spec == "*":
        return ""
    if spec.startswith(("==", ">", "<", "!", "~")):
        return spec
    version = spec.lstrip("=").split("=")[0]
    exact = version.count(".") >= 2 or version.endswith("*")
    return f"=={version}" if exact else f"=={version}.*"


def _invalid(name: str, problem: str) -> Invalid:
    sentence = f"{name} can't be used as a conda file: {problem}."
    return Invalid("invalid_conda_file", sentence, fields={"environment": sentence})

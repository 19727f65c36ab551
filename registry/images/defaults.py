"""The environment of a model that nobody named one for: what its own files say, else what its run ran in."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

import yaml

from registry.environments import definitions
from registry.environments import services as environments
from registry.environments.models import Environment
from registry.mlmodels.models import ModelVersion, ModelVersionFile
from studio import plain_yaml
from studio.access.models import Workspace
from studio.errors import Invalid
from studio.storage import blobs

MAX_BYTES = 200_000
# Models of these need MLflow for nothing but being loaded: its small package has that, without the server's 500 MB.
LEAN_FLAVORS = frozenset({"sklearn", "xgboost", "lightgbm", "catboost", "statsmodels"})
_MLFLOW = re.compile(r"mlflow(?=\s*(?:[=<>!~]|$))", re.MULTILINE)
ONNX_PACKAGES = ("onnxruntime>=1.20,<2", "numpy")


# What a scoring script gets that comes without a model and names no environment.
OF_SCRIPT = "minimal"


# The workspace and a run's id → what the run ran in.
TrainedIn = Callable[[Workspace, str], Environment | None]
_asked: list[TrainedIn] = []


class Packed(Protocol):
    """What is asked of a model here."""

    @property
    def version(self) -> ModelVersion: ...
    @property
    def root(self) -> str: ...
    @property
    def is_mlflow(self) -> bool: ...
    @property
    def is_onnx(self) -> bool: ...


def environment_of(model: Packed, *, has_script: bool) -> Environment:
    """What the model needs by its own files: MLflow's requirements, or what an ONNX file takes; else what its run ran in.

    Raises Invalid where neither tells.
    """
    workspace = model.version.model.workspace
    if model.is_mlflow:
        return environments.resolve(workspace=workspace, definition=_of_mlflow(model))
    if model.is_onnx and not has_script:
        definition = definitions.parse({"requirements": list(ONNX_PACKAGES)}, {})
        return environments.resolve(workspace=workspace, definition=definition)
    found = trained_in(model.version)
    if found is not None:
        return found
    message = f"Say which environment {model.version} and its script need: neither its files nor its run tell."
    raise Invalid("bad_image", message, hint="Such as a curated one: minimal", fields={"environment": message})


def register(asked: TrainedIn) -> None:
    """Who knows runs says which environment one of them ran in: the registry knows no runs."""
    _asked.append(asked)


def trained_in(version: ModelVersion) -> Environment | None:
    """The environment that the version's run ran in, where it is known: what made a model can load it."""
    if not version.run_id:
        return None
    answers = (asked(version.model.workspace, version.run_id) for asked in _asked)
    return next((found for found in answers if found is not None), None)


def environment_of_script(workspace: Workspace) -> Environment:
    """The environment of a scoring script without a model: a small one that ships."""
    return environments.find(workspace=workspace, value=OF_SCRIPT, on_docker=True).content


def _of_mlflow(model: Packed) -> definitions.Definition:
    texts = _texts(model)
    if LEAN_FLAVORS.intersection(model.version.flavors) and "requirements.txt" in texts:
        texts["requirements.txt"] = _lean(texts["requirements.txt"], model.version.flavors)
    if "requirements.txt" in texts:
        value = {"requirements": "requirements.txt", "python": _python(texts.get("python_env.yaml", ""))}
        return definitions.parse({key: each for key, each in value.items() if each}, texts)
    if "conda.yaml" in texts:
        return definitions.parse({"conda_file": "conda.yaml"}, texts)
    message = f"The files of {model.version} don't say which packages it needs, so its environment must be named."
    raise Invalid("bad_image", message, fields={"environment": message})


def _texts(model: Packed) -> dict[str, str]:
    wanted = {f"{model.root}{name}": name for name in ("requirements.txt", "python_env.yaml", "conda.yaml")}
    rows = ModelVersionFile.objects.filter(version=model.version, path__in=list(wanted), size__lt=MAX_BYTES)
    found = {}
    for row in rows.select_related("blob"):
        raw = b"".join(blobs.read_range(row.blob))
        found[wanted[row.path]] = raw.decode("utf-8", "replace").replace("\0", "")
    return found


def _lean(text: str, flavors: Sequence[str]) -> str:
    """A list of packages with MLflow's small package instead of the whole, and what of the whole is needed for loading."""
    if not _MLFLOW.search(text):
        return text
    lines = [_MLFLOW.sub("mlflow-skinny", text).rstrip()]
    for package in ("pandas", *(["skops"] if "sklearn" in flavors else [])):
        if not re.search(rf"^{package}\b", text, re.MULTILINE | re.IGNORECASE):
            lines.append(package)
    return "".join(f"{line}\n" for line in lines)


def _python(text: str) -> str:
    """The Python that `python_env.yaml` names, "3.11"; empty when it does not tell."""
    try:
        document = plain_yaml.load(text)
    except yaml.YAMLError:
        return ""
    named = str(document.get("python") or "") if isinstance(document, dict) else ""
    return ".".join(named.split(".")[:2])

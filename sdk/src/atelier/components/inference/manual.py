"""The files that make a folder a model in MLflow's format, and say which packages it needs. JSON is YAML, too."""

from __future__ import annotations

import json
import platform
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

from atelier.components import catalogue, values

FLAVOR = "atelier"
LOADER = "atelier.components.inference.mlflow_flavor"
ALWAYS = ("joblib", "numpy", "pandas", "pyarrow", "scikit-learn")
# What a binary learner inside One-vs-All may be made of: the file beside the model does not tell which it is.
OF_COMBINED = ("lightgbm", "xgboost")
COMBINED = frozenset({"one_vs_all_multiclass", "one_vs_one_multiclass"})
# The same library is published under two names; the smaller one has no parts for GPUs.
INSTEAD = {"xgboost": "xgboost-cpu"}
EXAMPLE = "input_example.json"
TYPES = {bool: "boolean", int: "long", float: "double", str: "string"}


def write(
    folder: Path,
    manifest: Mapping[str, Any],
    outputs: Sequence[Mapping[str, Any]] | None,
    example: Mapping[str, Any],
) -> None:
    """Writes `MLmodel`, `requirements.txt`, `python_env.yaml`, `conda.yaml`, and a row to try it with where there is one."""
    packages = requirements(folder, manifest)
    (folder / "requirements.txt").write_text("".join(f"{one}\n" for one in packages))
    python = platform.python_version()
    _write(folder / "python_env.yaml", {"python": python, "dependencies": ["-r requirements.txt"]})
    conda = ["python=" + python, "pip", {"pip": packages}]
    _write(folder / "conda.yaml", {"name": "mlflow-env", "channels": ["conda-forge"], "dependencies": conda})
    made = _mlmodel(manifest, outputs, python)
    if example:
        _write(folder / EXAMPLE, {"columns": list(example), "data": [list(example.values())]})
        facts = {"artifact_path": EXAMPLE, "type": "dataframe", "pandas_orient": "split"}
        made["saved_input_example_info"] = facts
    _write(folder / "MLmodel", made)


def read(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns that a request is asked for."""
    return [one for one in manifest["columns"] if one["is_read"]]


def requirements(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """The packages with the versions that the models were trained with, else those of this environment."""
    known: dict[str, str] = {}
    wanted = set(ALWAYS)
    for node in manifest["nodes"]:
        wanted.update(catalogue.named(node["component"].split(":")[1]).packages)
        for one in (node.get("inputs") or {}).values():
            if "artifact" in one:
                about = values.about(folder / one["artifact"])
                known.update(about.get("packages") or {})
                wanted.update(_of_learner(str(about.get("component") or "")))
    found = {_name(name, known) for name in wanted}
    return sorted(f"{name}=={version}" if version else name for name, version in _versions(found, known))


def _of_learner(name: str) -> tuple[str, ...]:
    if name not in catalogue.MODULES:
        return ()
    return (*catalogue.named(name).packages, *(OF_COMBINED if name in COMBINED else ()))


def _name(name: str, known: Mapping[str, str]) -> str:
    other = INSTEAD.get(name, name)
    return other if other in known or _installed(other) else name


def _versions(names: set[str], known: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, known.get(name) or _installed(name)) for name in names]


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _mlmodel(manifest: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]] | None, python: str) -> dict[str, Any]:
    columns = [{"type": one["type"], "name": one["name"], "required": one["required"]} for one in read(manifest)]
    params = [
        {"name": name, "type": TYPES[type(value)], "default": value, "shape": None}
        for name, value in manifest["parameters"].items()
        if type(value) in TYPES
    ]
    general = {
        "loader_module": LOADER,
        "python_version": python,
        "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
    }
    return {
        "artifact_path": "model",
        "flavors": {FLAVOR: {"format": manifest["format"], "title": manifest["title"]}, "python_function": general},
        "model_uuid": uuid.uuid4().hex,
        "utc_time_created": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f"),
        "signature": {
            "inputs": json.dumps(columns),
            "outputs": json.dumps(list(outputs)) if outputs else None,
            "params": json.dumps(params) if params else None,
        },
    }


def _write(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

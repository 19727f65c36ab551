"""Values of wires as folders, so that another process, maybe on another machine, can take them up.

| port type | in the folder |
|---|---|
| Dataset | `data.parquet`, `schema.json` (`tables`) |
| UntrainedModel, TrainedModel, UntrainedCluster, TrainedCluster, Transform, Recommender | `model.joblib`, `about.json` |
| Evaluation | `evaluation.json` |
| uri_file, uri_folder, Zip, mlflow_model | the file, or what is in the folder |

`about.json` says what made the value, of what task, on which columns, and with which versions of the libraries: it is
what `about()` of the value gives, with `"port_type"` and `"packages"`. Every folder that is no table also has
`_view.json`, what a page shows of the value without loading it: what `view()` of the value gives, in the shape that
`views` describes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from atelier.components import tables, views
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError

MODEL, ABOUT, EVALUATION, VIEW = "model.joblib", "about.json", "evaluation.json", "_view.json"
KINDS = {
    PortType.UNTRAINED_MODEL: "model",
    PortType.TRAINED_MODEL: "model",
    PortType.UNTRAINED_CLUSTER: "cluster",
    PortType.TRAINED_CLUSTER: "cluster",
    PortType.TRANSFORM: "transform",
    PortType.RECOMMENDER: "recommender",
}
LIBRARIES = ("scikit-learn", "numpy", "pandas", "lightgbm", "xgboost", "xgboost-cpu", "imbalanced-learn", "joblib")


def store(port_type: PortType, value: Any, folder: Path) -> None:
    """Write the value of a port into the folder, which is made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    if port_type is PortType.DATASET:
        tables.store(value, folder)
    elif port_type in KINDS:
        _store_object(port_type, value, folder)
    elif port_type is PortType.EVALUATION:
        _write(folder / EVALUATION, views.plain(value))
        _write(folder / VIEW, views.of_evaluation(value))
    else:
        _store_files(Path(value), folder)


def load(port_type: PortType, path: Path) -> Any:
    """The value that lies at the path. Raises ComponentError when there is none of that type."""
    if port_type is PortType.DATASET:
        return tables.load(path)
    if port_type in KINDS:
        return _load_object(port_type, path)
    if port_type is PortType.EVALUATION:
        return _read(path / EVALUATION, port_type)
    if not path.exists():
        raise ComponentError(f"There is nothing at {path.name}.")
    return _only_file(path) if port_type is PortType.FILE else path


def about(path: Path) -> dict[str, Any]:
    """What `about.json` of a stored model or transform says; nothing where there is none."""
    if not (path / ABOUT).is_file():
        return {}
    found: dict[str, Any] = json.loads((path / ABOUT).read_text())
    return found


def view(path: Path) -> dict[str, Any]:
    """What `_view.json` of a stored value says; nothing where there is none."""
    if not (path / VIEW).is_file():
        return {}
    found: dict[str, Any] = json.loads((path / VIEW).read_text())
    return found


def _store_object(port_type: PortType, value: Any, folder: Path) -> None:
    import joblib

    joblib.dump(value, folder / MODEL, compress=3)
    said = value.about() if hasattr(value, "about") else {}
    _write(folder / ABOUT, views.plain({**said, "port_type": str(port_type), "packages": _versions()}))
    shown = value.view() if hasattr(value, "view") else views.view(KINDS[port_type], type(value).__name__)
    _write(folder / VIEW, views.plain(shown))


def _load_object(port_type: PortType, path: Path) -> Any:
    import joblib

    if not (path / MODEL).is_file():
        raise ComponentError(f"There is no {port_type} at {path.name}: the file {MODEL} is missing.")
    kept = about(path).get("port_type", str(port_type))
    if kept != str(port_type):
        raise ComponentError(f"What lies at {path.name} is a {kept}; a {port_type} is wanted.")
    return joblib.load(path / MODEL)


def _store_files(source: Path, folder: Path) -> None:
    if source.is_dir():
        if source.resolve() != folder.resolve():
            shutil.copytree(source, folder, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, folder / source.name)
    found = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != VIEW)
    rows = [[file.relative_to(folder).as_posix(), file.stat().st_size] for file in found[:200]]
    facts = [["Files", len(found)], ["Bytes", sum(file.stat().st_size for file in found)]]
    listed = views.table("Files", ["File", "Bytes"], rows)
    _write(folder / VIEW, views.view("files", source.name, facts=facts, tables=[listed]))


def _only_file(path: Path) -> Path:
    if path.is_file():
        return path
    found = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith(("_", ".")))
    if len(found) != 1:
        raise ComponentError(f"One file is wanted at {path.name}; there are {len(found)}.")
    return found[0]


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _read(path: Path, port_type: PortType) -> Any:
    if not path.is_file():
        raise ComponentError(f"There is no {port_type} at {path.parent.name}: the file {path.name} is missing.")
    return json.loads(path.read_text())


def _write(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1), encoding="utf-8")

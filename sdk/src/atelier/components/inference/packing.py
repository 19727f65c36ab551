"""An inference pipeline as a folder that is a model: it can be registered, packed into an image and deployed.

| in the folder | what it is |
|---|---|
| `pipeline.json` | the nodes in their order with component, parameters and wires; the columns of a request; where rows go in and out |
| `artifacts/<node>/<port>/` | what was learned, as `values` stores it |
| `MLmodel`, `requirements.txt`, `python_env.yaml`, `conda.yaml` | the same as a model in MLflow's format |
| `score.py` | `init()` and `run(data)`, for a deployment with a scoring script |

Nothing that was learned is loaded here: its folders are copied.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier.components import catalogue, tables, values
from atelier.components.declaring import Component, PortType
from atelier.components.errors import ComponentError
from atelier.components.inference import asked, columns, deriving, graph, manual, wires
from atelier.components.inference.columns import Wanted
from atelier.components.learners.trained import SCORED_LABELS, TrainedModel
from atelier.components.tables import Table

ARTIFACTS = "artifacts"
SCRIPT = "score.py"


def pack(document: Mapping[str, Any], places: Mapping[str, Path], folder: Path) -> None:
    """Writes the folder of a real-time inference pipeline, as `deriving` makes its document.

    `places` says where the data inputs of the document lie on this machine, by their names. Raises ComponentError.
    """
    said = json.loads((document.get("properties") or {}).get(deriving.PROPERTY) or "{}")
    jobs = document.get("jobs") or {}
    entry, leave = _only(jobs, deriving.INPUT), _only(jobs, deriving.OUTPUT)
    _check(jobs, entry, leave)
    nodes = [_packed(name, jobs[name], places, folder) for name in _order(jobs) if name not in (entry, leave)]
    out = wires.read(jobs[leave]["inputs"]["dataset"])
    assert out is not None
    label = jobs[entry]["inputs"].get("label_column") or ""
    example = _example(jobs[entry], places)
    parameters = {
        name: one.get("default") for name, one in (document.get("inputs") or {}).items() if name not in places
    }
    ways = ((entry, "dataset"), (out.name, out.port))
    wanted = asked.of(example, nodes, *ways, folder=folder, label=label)
    manifest = {
        "format": graph.FORMAT,
        "title": document.get("display_name") or "Pipeline",
        "nodes": nodes,
        "input": {"name": jobs[entry]["inputs"].get("name", "WebServiceInput0"), "node": entry, "port": "dataset"},
        "output": {"name": jobs[leave]["inputs"].get("name", "WebServiceOutput0"), "node": out.name, "port": out.port},
        "columns": [one.to_dict() for one in wanted],
        "label": _label(example, label),
        "parameters": {name: value for name, value in parameters.items() if value is not None},
        "notes": said.get("notes", []),
    }
    _write(folder, manifest, outputs=None, example=example)


def pack_model(model: TrainedModel, folder: Path, *, example: Table | None = None) -> None:
    """Writes the folder of a trained model by itself: it answers the score columns alone."""
    place = folder / ARTIFACTS / "score_model" / "trained_model"
    values.store(PortType.TRAINED_MODEL, model, place)
    node = {
        "name": "score_model",
        "component": catalogue.named("score_model").reference,
        "parameters": {"append_score_columns_to_output": False},
        "inputs": {
            "trained_model": {"artifact": place.relative_to(folder).as_posix()},
            "dataset": {"node": deriving.INPUT, "port": "dataset"},
        },
    }
    manifest = {
        "format": graph.FORMAT,
        "title": model.label,
        "nodes": [node],
        "input": {"name": "WebServiceInput0", "node": deriving.INPUT, "port": "dataset"},
        "output": {"name": "WebServiceOutput0", "node": "score_model", "port": "scored_dataset"},
        "columns": [one.to_dict() for one in _columns_of(model, example)],
        "label": None,
        "parameters": {},
        "notes": [],
    }
    _write(folder, manifest, outputs=_outputs_of(model))


def _write(
    folder: Path,
    manifest: Mapping[str, Any],
    *,
    outputs: Sequence[Mapping[str, Any]] | None,
    example: Table | None = None,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / graph.MANIFEST).write_text(text, encoding="utf-8")
    row = {} if example is None else {one["name"]: asked.usual(example, one["name"]) for one in manual.read(manifest)}
    manual.write(folder, manifest, outputs, row)
    shutil.copyfile(Path(__file__).with_name(SCRIPT), folder / SCRIPT)


def _packed(name: str, job: Mapping[str, Any], places: Mapping[str, Path], folder: Path) -> dict[str, Any]:
    """A node as the manifest has it; what is stored is copied."""
    component = _component(name, str(job["component"]))
    ports = {port.name for port in component.inputs}
    made: dict[str, Any] = {"name": name, "component": component.reference}
    parts: dict[str, dict[str, Any]] = {"parameters": {}, "inputs": {}, "bound": {}}
    for key, value in (job.get("inputs") or {}).items():
        wire = wires.read(value)
        if key not in ports:
            parts["parameters" if wire is None else "bound"][key] = value if wire is None else wire.name
        elif wire is not None and not wire.is_input:
            parts["inputs"][key] = {"node": wire.name, "port": wire.port}
        elif wire is not None:
            target = folder / ARTIFACTS / name / key
            _copy(_place(wire.name, places), target)
            parts["inputs"][key] = {"artifact": target.relative_to(folder).as_posix()}
    return {**made, **parts}


def _component(name: str, reference: str) -> Component:
    try:
        return catalogue.named(reference.split(":")[1])
    except KeyError:
        raise ComponentError(f"The step {name!r} is {reference!r}, which this studio does not have.") from None


def _place(name: str, places: Mapping[str, Path]) -> Path:
    if name not in places or not places[name].exists():
        raise ComponentError(f"What the pipeline learned is not there any more: the input {name!r} has no files.")
    return places[name]


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / source.name)


def _only(jobs: Mapping[str, Mapping[str, Any]], name: str) -> str:
    found = [node for node, job in jobs.items() if str(job.get("component")).startswith(f"atelier:{name}:")]
    if len(found) != 1:
        label = catalogue.named(name).label
        raise ComponentError(f"A real-time inference pipeline has one {label}; this one has {len(found)}.")
    return found[0]


def _check(jobs: Mapping[str, Mapping[str, Any]], entry: str, leave: str) -> None:
    """What only somebody's own hand can have done to the pipeline is one sentence."""
    for name, job in jobs.items():
        reference = job.get("component")
        if not isinstance(reference, str) or not reference.startswith("atelier:"):
            raise ComponentError(
                f"The step {name!r} is no component of the studio's own, so an endpoint can't carry it out. Take it out, "
                "or make a batch inference pipeline."
            )
        for port, value in (job.get("inputs") or {}).items():
            wire = wires.read(value)
            if wire is not None and not wire.is_input and wire.name not in jobs:
                raise ComponentError(
                    f"The input {port!r} of {name!r} is connected to {wire.name!r}, which is not there."
                )
    seen, waiting = {leave}, [leave]
    while waiting:
        wired = map(wires.read, (jobs[waiting.pop()].get("inputs") or {}).values())
        further = {wire.name for wire in wired if wire is not None and not wire.is_input} - seen
        seen |= further
        waiting += further
    if seen == {leave}:
        raise ComponentError(f"Web Service Output ({leave}) is not connected: connect the step that shall answer.")
    if entry not in seen:
        raise ComponentError(
            f"Nothing leads from Web Service Input ({entry}) to Web Service Output ({leave}): every request would get "
            "the same answer. Connect them."
        )


def _order(jobs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The nodes, each behind those it needs."""
    needs = {
        name: {wire.name for wire in map(wires.read, (job.get("inputs") or {}).values()) if wire and not wire.is_input}
        for name, job in jobs.items()
    }
    while needs:
        ready = [name for name, needed in needs.items() if not needed & needs.keys()]
        if not ready:
            raise ComponentError("The pipeline has a cycle.")
        for name in ready:
            del needs[name]
        yield from ready


def _example(job: Mapping[str, Any], places: Mapping[str, Path]) -> Table:
    wire = wires.read((job.get("inputs") or {}).get("example"))
    if wire is None or not wire.is_input:
        raise ComponentError("Web Service Input needs a stored table as its example.")
    return tables.load(_place(wire.name, places))


def _label(example: Table, name: str) -> dict[str, Any] | None:
    """The label column with a usual value, and which column stands behind it."""
    if not name or name not in example.frame.columns:
        return None
    names = list(example.frame.columns)
    place = names.index(name) + 1
    before = names[place] if place < len(names) else None
    return {"column": name, "value": asked.usual(example, name), "before": before}


def _columns_of(model: TrainedModel, example: Table | None) -> list[Wanted]:
    if example is not None:
        model.features.require(example)
        return [one for one in columns.of_table(example) if one.name in model.features.columns]
    known = {True: columns.DOUBLE, False: columns.STRING}
    return [Wanted(source.name, known[source.levels is None]) for source in model.features.sources]


def _outputs_of(model: TrainedModel) -> list[dict[str, Any]]:
    is_text = any(isinstance(one, str) for one in model.classes)
    is_whole = bool(model.classes) and all(isinstance(one, int) for one in model.classes)
    label = columns.STRING if is_text else columns.LONG if is_whole else columns.DOUBLE
    return [{"type": label if name == SCORED_LABELS else columns.DOUBLE, "name": name} for name in model.score_columns]

"""Training pipelines as documents, carried out in memory with what each node gave kept in folders."""

from pathlib import Path
from typing import Any

from atelier.components import catalogue, context, running, values
from atelier.components.inference import packing, wires

Document = dict[str, Any]


def node(component: str, **inputs: Any) -> dict[str, Any]:
    """A node of a document. `split.results_dataset1` is a wire; a parameter that is a text has no such form."""
    given = {name: _wire(value) for name, value in inputs.items()}
    return {"type": "command", "component": f"atelier:{component}:1", "inputs": given}


def document(**jobs: dict[str, Any]) -> Document:
    """A document of these nodes, each with a place on the canvas."""
    layout = {name: [320, 160 * number] for number, name in enumerate(jobs)}
    return {"type": "pipeline", "display_name": "Cars", "inputs": {}, "outputs": {}, "jobs": jobs, "layout": layout}


def declarations(found: Document) -> dict[str, Any]:
    """What the components of a document declare."""
    references = {job["component"] for job in found["jobs"].values() if isinstance(job["component"], str)}
    return {one: catalogue.named(one.split(":")[1]).to_dict() for one in references if one.startswith("atelier:")}


class Trained:
    """A document that was carried out: every output as a value, and as a folder."""

    def __init__(self, found: Document, folder: Path) -> None:
        self.document = found
        self.folder = folder
        self.values: dict[tuple[str, str], Any] = {}
        for name in packing._order(found["jobs"]):
            self._run(name)

    def places(self) -> dict[str, dict[str, Any]]:
        """Where every output lies, as deriving wants it."""
        made: dict[str, dict[str, Any]] = {}
        for name, port in self.values:
            made.setdefault(name, {})[port] = {"path": str(self.folder / name / port)}
        return made

    def _run(self, name: str) -> None:
        job = self.document["jobs"][name]
        component = running.find(job["component"])
        ports = {port.name: port for port in component.inputs}
        given: dict[str, Any] = {}
        parameters: dict[str, Any] = {}
        for key, value in job["inputs"].items():
            wire = wires.read(value)
            if key not in ports:
                parameters[key] = value
            else:
                assert wire is not None
                given[key] = self.values[wire.name, wire.port]
        made = running.carry_out(component, given, parameters, context.Context())
        for port in component.outputs:
            values.store(port.type, made[port.name], self.folder / name / port.name)
            self.values[name, port.name] = made[port.name]


def paths(found: Document) -> dict[str, Path]:
    """Where the data inputs of a derived document lie."""
    return {name: Path(one["path"]) for name, one in found["inputs"].items() if "path" in one}


def _wire(value: Any) -> Any:
    if not isinstance(value, str) or value.count(".") != 1 or not value.replace(".", "").replace("_", "").isalnum():
        return value
    name, port = value.split(".")
    return value if name.isdigit() else f"${{{{parent.jobs.{name}.outputs.{port}}}}}"


def diabetes() -> Document:
    """The shortest pipeline that learns."""
    return document(
        data=node("diabetes"),
        scale=node("normalize_data", dataset="data.dataset", columns="bmi, bp"),
        learner=node("linear_regression"),
        train=node(
            "train_model",
            untrained_model="learner.untrained_model",
            dataset="scale.transformed_dataset",
            label_column="progression",
        ),
        score=node("score_model", trained_model="train.trained_model", dataset="scale.transformed_dataset"),
    )

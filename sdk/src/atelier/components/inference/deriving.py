"""From the document of a trained pipeline to that of an inference pipeline. Pure: plain data in, plain data out.

`trained` says where the outputs of the training run lie: by node and port, each as a data input of a pipeline,
`{"type", "path"}`. What was learned becomes an input of the new pipeline; learners, training, splitting and evaluation
are left out; rows come in at Web Service Input, in the place of the data the scored rows were made of, and go out behind
the component that scores.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from atelier.components.inference import wires
from atelier.components.inference.training_graph import (
    MODELS,
    PASSED,
    TABLES,
    TrainingGraph,
    Unturnable,
)
from atelier.components.inference.wires import Wire

REAL_TIME, BATCH = "real-time", "batch"
INPUT, OUTPUT = "web_service_input", "web_service_output"
BATCH_INPUT, BATCH_OUTPUT = "dataset", "scored_dataset"
PROPERTY = "atelier.inference"
TRANSFORM = frozenset({"Transform"})
NGRAMS = "extract_n_gram_features_from_text"
DOWN = 160  # between a node of the canvas and the one below it
ACROSS = 280  # and the one beside it
Trained = Mapping[str, Mapping[str, Any]]


def derive(
    document: Mapping[str, Any],
    declarations: Mapping[str, Mapping[str, Any]],
    trained: Trained,
    *,
    kind: str = REAL_TIME,
    node: str = "",
) -> dict[str, Any]:
    """The inference pipeline's document. `node` names the component that scores, where there are several.

    `declarations` holds what each component of the document declares, by the reference the document has. Raises
    Unturnable with one sentence for a pipeline that can't be turned.
    """
    graph = TrainingGraph(document, declarations)
    return _Derivation(graph, trained, kind, _scorer(graph, node)).document()


def _scorer(graph: TrainingGraph, node: str) -> str:
    """The node that scores. Raises Unturnable for none, and for several of which none is named."""
    found = graph.scorers()
    if node:
        if node not in found:
            raise Unturnable(f"{node!r} is no component of the pipeline that scores rows.", node=node)
        return node
    if not found:
        raise Unturnable(
            "The pipeline has no Score Model, Assign Data to Clusters or Score SVD Recommender: there is nothing to "
            "answer with. Add one behind the trained model and run the pipeline."
        )
    if len(found) > 1:
        said = ", ".join(graph.label(one) for one in found)
        models = {str(graph.wire(one, port)) for one in found for port in graph.ports(one, MODELS)}
        what = "with two or more trained models" if len(models) > 1 else "in several places"
        raise Unturnable(f"The pipeline scores {what}: {said}. Say which one shall answer.", node=found[0])
    return found[0]


class _Derivation:
    """One derivation: what it has put into the new document so far."""

    def __init__(self, graph: TrainingGraph, trained: Trained, kind: str, scorer: str) -> None:
        self.graph = graph
        self.trained = trained
        self.kind = kind
        self.scorer = scorer
        self.jobs: dict[str, dict[str, Any]] = {}
        self.inputs: dict[str, Any] = {}
        self.layout: dict[str, Any] = {}
        self.notes: list[str] = []
        self.done: dict[Wire, str] = {}
        self.port, self.model, self.rows = self._ports_of_scorer()
        self.root = graph.root(self.rows)
        self.label = self._label_column()

    def document(self) -> dict[str, Any]:
        """The new document."""
        self._enter()
        live = self._follow(self.rows)
        port = self._score(live)
        source = self.graph.document
        title = str(source.get("display_name") or "Pipeline")
        made = {
            "type": "pipeline",
            "display_name": f"{title}: {'real-time' if self.kind == REAL_TIME else 'batch'} inference",
            "experiment_name": source.get("experiment_name", ""),
            "description": source.get("description", ""),
            "tags": dict(source.get("tags") or {}),
            "properties": {PROPERTY: json.dumps(self._said(port), ensure_ascii=False)},
            "inputs": self.inputs,
            "outputs": {},
            "settings": copy.deepcopy(dict(source.get("settings") or {})),
            "jobs": self.jobs,
            "layout": self.layout,
        }
        self._leave(made, port)
        self._place_stored()
        return made

    def _said(self, port: str) -> dict[str, Any]:
        """What the new document says of itself: `packing` and pages read it."""
        return {"kind": self.kind, "scores": [self.scorer, port], "label": self.label, "notes": self.notes}

    def _ports_of_scorer(self) -> tuple[str, Wire, Wire]:
        """The port that rows come in by, and the wires of the model and of the rows."""
        graph, node = self.graph, self.scorer
        models, tables = graph.ports(node, MODELS), graph.ports(node, TABLES)
        if not models:
            raise Unturnable(f"{graph.label(node)} has no trained model: connect one and run the pipeline.", node=node)
        if not tables:
            raise Unturnable(f"{graph.label(node)} has no table to score: connect one and run the pipeline.", node=node)
        model, rows = graph.wire(node, models[0]), graph.wire(node, tables[0])
        assert model is not None and rows is not None
        return tables[0], model, rows

    def _label_column(self) -> str:
        """The column the model was trained towards: requests do not have it."""
        if self.model.is_input:
            return ""
        declared = self.graph.declaration(self.model.name).get("parameters") or {}
        found = self.graph.literal(self.model.name, "label_column") if "label_column" in declared else None
        return found if isinstance(found, str) else ""

    def _enter(self) -> None:
        """Where rows come in, in the place of the root."""
        old = f"inputs.{self.root.name}" if self.root.is_input else self.root.name
        place = (self.graph.document.get("layout") or {}).get(old)
        stored = self._stored(self.root, BATCH_INPUT if self.kind == BATCH else f"{INPUT}_example")
        if self.kind == BATCH:
            self.done[self.root] = str(stored)
            self._place(f"inputs.{stored.name}", place)
            return
        name = self._free(INPUT)
        given: dict[str, Any] = {"example": str(stored)}
        if self.label:
            given["label_column"] = self.label
        self.jobs[name] = {"type": "command", "component": f"atelier:{INPUT}:1", "inputs": given}
        self._place(name, place)
        self._place(f"inputs.{stored.name}", [place[0], place[1] - DOWN] if place else None)
        self.done[self.root] = str(Wire(name, "dataset"))

    def _follow(self, wire: Wire) -> str:
        """What a wire of rows becomes."""
        if wire not in self.done:
            self.done[wire] = self._carried(wire)
        return self.done[wire]

    def _carried(self, wire: Wire) -> str:
        graph, node = self.graph, wire.name
        component = graph.component(node)
        ports = graph.ports(node, TABLES)
        if component in PASSED:
            if component == "add_rows":
                self.notes.append(f"{graph.label(node)} is left out: only the rows of a request are scored.")
            return self._follow(self._wire(node, ports[0]))
        if not component and self.kind == REAL_TIME:
            raise Unturnable(
                f"{graph.label(node)} is no component of the studio's own, so an endpoint can't carry it out. A batch "
                "inference pipeline can.",
                node=node,
            )
        transform = graph.output_of(node, TRANSFORM)
        if transform:
            return self._applied(node, transform, ports[0])
        return self._kept(node, wire.port)

    def _applied(self, node: str, transform: str, port: str) -> str:
        """A component that learned a transform: the transform is applied."""
        stored = self._stored(Wire(node, transform))
        rows = self._follow(self._wire(node, port))
        self._add(node, "apply_transformation", {"transformation": str(stored), "dataset": rows})
        return str(Wire(node, "transformed_dataset"))

    def _kept(self, node: str, port: str) -> str:
        """A component that does to the rows of a request what it did in training."""
        job = copy.deepcopy(dict(self.graph.jobs[node]))
        job["inputs"] = {name: self._input(node, name, value) for name, value in (job.get("inputs") or {}).items()}
        job.pop("outputs", None)
        if self.graph.component(node) == NGRAMS and self.graph.literal(node, "vocabulary_mode") != "ReadOnly":
            vocabulary = self._stored(Wire(node, "result_vocabulary"))
            job["inputs"].update({"vocabulary_mode": "ReadOnly", "input_vocabulary": str(vocabulary)})
        self.jobs[node] = job
        self._place(node, (self.graph.document.get("layout") or {}).get(node))
        return str(Wire(node, port))

    def _input(self, node: str, name: str, value: Any) -> Any:
        """An input of a node that is kept: rows of the request, or what lay there when the pipeline was trained."""
        declared = self.graph.declaration(node).get("inputs") or {}
        wire = wires.read(value)
        if wire is None:
            return self._without_label(node, name, value)
        if name in declared and declared[name]["type"] in TABLES and self.graph.stems_from(wire, self.root):
            return self._follow(wire)
        return str(self._stored(wire))

    def _without_label(self, node: str, name: str, value: Any) -> Any:
        """A column rule of a batch pipeline: what is scored has no label, so the rule must not name it."""
        declared = (self.graph.declaration(node).get("parameters") or {}).get(name, {})
        if self.kind != BATCH or not self.label or declared.get("kind") != "columns" or not isinstance(value, str):
            return value
        from atelier.components.inference import label_rules

        return label_rules.without(value, self.label)

    def _score(self, rows: str) -> str:
        """The component that scores, with the model that was trained; gives its output."""
        graph, node = self.graph, self.scorer
        job = copy.deepcopy(dict(graph.jobs[node]))
        given: dict[str, Any] = {}
        for name, value in (job.get("inputs") or {}).items():
            wire = wires.read(value)
            given[name] = value if wire is None or name == self.port else str(self._stored(wire))
        given[self.port] = rows
        if graph.component(node) == "score_svd_recommender":
            given.update(self._of_all_items(given))
        job["inputs"] = given
        job.pop("outputs", None)
        self.jobs[node] = job
        self._place(node, (graph.document.get("layout") or {}).get(node))
        self._drop_unused()
        return graph.output_of(node, TABLES)

    def _of_all_items(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Requests hold no ratings to choose from: what was set for judging the model recommends from all items."""
        selection = "recommended_item_selection"
        said = given.get(selection) or self.graph.literal(self.scorer, selection)
        is_choice = self.graph.literal(self.scorer, "recommender_prediction_kind") != "Rating Prediction"
        if not is_choice or not isinstance(said, str) or not said.startswith("From Rated Items"):
            return {}
        self.notes.append(f"{self.graph.label(self.scorer)} recommends from all items, not from rated ones alone.")
        return {selection: "From All Items"}

    def _leave(self, made: dict[str, Any], port: str) -> None:
        """Where scores go out."""
        if self.kind == BATCH:
            made["outputs"][BATCH_OUTPUT] = {"type": "uri_folder"}
            self.jobs[self.scorer]["outputs"] = {port: f"${{{{parent.outputs.{BATCH_OUTPUT}}}}}"}
            return
        name = self._free(OUTPUT)
        given = {"dataset": str(Wire(self.scorer, port))}
        self.jobs[name] = {"type": "command", "component": f"atelier:{OUTPUT}:1", "inputs": given}
        place = self.layout.get(self.scorer)
        self._place(name, [place[0], place[1] + DOWN] if place else None)

    def _stored(self, wire: Wire, name: str = "") -> Wire:
        """An input of the new pipeline that holds what went through a wire when the pipeline was trained."""
        if wire.is_input:
            return self._old_input(wire)
        value = (self.trained.get(wire.name) or {}).get(wire.port)
        if value is None:
            raise Unturnable(
                f"There is no result of {self.graph.label(wire.name)} yet: run the pipeline, then turn it.",
                node=wire.name,
            )
        name = name or f"{wire.name}_{wire.port}"
        # Whatever the studio's components store is a folder, and so a pipeline file calls it.
        self.inputs[name] = {"type": "uri_folder", **value}
        return Wire(name)

    def _old_input(self, wire: Wire) -> Wire:
        old = (self.graph.document.get("inputs") or {}).get(wire.name)
        if old is None:
            raise Unturnable(f"The pipeline has no input {wire.name!r}.")
        self.inputs[wire.name] = copy.deepcopy(old)
        return wire

    def _wire(self, node: str, port: str) -> Wire:
        found = self.graph.wire(node, port)
        assert found is not None
        return found

    def _add(self, node: str, component: str, given: dict[str, Any]) -> None:
        old = self.graph.jobs[node]
        label = old.get("display_name") or self.graph.declaration(node).get("label") or node
        self.jobs[node] = {
            "type": "command",
            "component": f"atelier:{component}:1",
            "display_name": f"{label}: apply",
            "inputs": given,
        }
        self._place(node, (self.graph.document.get("layout") or {}).get(node))

    def _drop_unused(self) -> None:
        """Inputs of the old pipeline that nothing is bound to any more."""
        text = json.dumps(self.jobs)
        self.inputs = {name: one for name, one in self.inputs.items() if f"parent.inputs.{name}}}}}" in text}

    def _free(self, name: str) -> str:
        found, number = name, 2
        while found in self.graph.jobs:
            found, number = f"{name}_{number}", number + 1
        return found

    def _place_stored(self) -> None:
        """What was learned stands above the step that takes it, to its left."""
        for name in self.inputs:
            wire, key = str(Wire(name)), f"inputs.{name}"
            taker = next((node for node, job in self.jobs.items() if wire in (job.get("inputs") or {}).values()), "")
            if key in self.layout or taker not in self.layout:
                continue
            x, y = self.layout[taker][0] - ACROSS, self.layout[taker][1] - DOWN // 2
            while any(abs(one[0] - x) < ACROSS and abs(one[1] - y) < DOWN // 2 for one in self.layout.values()):
                x -= ACROSS
            self.layout[key] = [x, y]

    def _place(self, name: str, place: Any) -> None:
        if place is not None:
            self.layout[name] = place

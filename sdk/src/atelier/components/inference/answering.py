"""One request of an inference pipeline: the parsed body in, plain JSON out."""

from __future__ import annotations

from typing import Any

from atelier.components.errors import ComponentError
from atelier.components.inference import bodies
from atelier.components.inference.columns import Unfit
from atelier.components.inference.graph import InferenceGraph
from atelier.serving.problems import FieldProblem, Problem, wrong_input


def answer(graph: InferenceGraph, body: Any) -> dict[str, Any]:
    """`{"Results": {"WebServiceOutput0": [{…}, …]}}`. Raises Problem for a body that does not fit."""
    asked = bodies.read(body, graph.wanted)
    frame = score(graph, asked.frame.columns, asked.parameters)
    return {"Results": {graph.output_name: graph.records(frame)}}


def score(graph: InferenceGraph, columns: dict[str, list[Any]], parameters: dict[str, Any]) -> Any:
    """The answer as a data frame. Raises Problem where it is the request that does not fit."""
    try:
        return graph.score(columns, parameters)
    except Unfit as unfit:
        raise wrong_input(FieldProblem(name, said) for name, said in unfit.problems) from unfit
    except ComponentError as error:
        raise Problem(422, "wrong_input", f"The input does not fit the model: {error.sentence}") from error

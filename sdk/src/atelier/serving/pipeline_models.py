"""Inference pipelines of the designer, and models its pipelines registered: carried out by the components themselves.

They are in MLflow's format, and MLflow can load them; without it they start sooner, take the designer's own bodies, and
say which column of a request does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from atelier.serving import checking, encoding, inference_protocol, mlflow_answers, payloads
from atelier.serving.messages import Answer, Request
from atelier.serving.mlflow_scorers import MlflowScorer
from atelier.serving.payloads import Frame
from atelier.serving.problems import LoadProblem
from atelier.serving.scoring import INFER, Call, Prepared

if TYPE_CHECKING:
    from atelier.components.inference.bodies import Asked

LOADER = "atelier.components.inference.mlflow_flavor"


def is_one(mlmodel: Mapping[str, Any]) -> bool:
    """Whether the file MLmodel names the components as what loads the model."""
    return bool(mlmodel["flavors"]["python_function"].get("loader_module") == LOADER)


def load_graph(folder: Path) -> Any:
    """The pipeline of the folder. Raises LoadProblem with what is missing."""
    try:
        from atelier.components.errors import ComponentError
        from atelier.components.inference import graph
    except ImportError as error:
        raise LoadProblem(f"The environment lacks what the pipeline needs: {error}") from error
    try:
        return graph.load(folder)
    except ComponentError as error:
        raise LoadProblem(error.sentence, file=graph.MANIFEST) from error


class PipelineScorer(MlflowScorer):
    """A pipeline that is asked with rows by name."""

    def load(self, folder: Path) -> None:
        self._graph = load_graph(folder)
        # What was there in training and is not read is no column too much.
        self._unread = frozenset(one.name for one in self._graph.wanted if not one.is_read)

    def prepare(self, call: Call) -> Prepared:
        if call.kind == INFER:
            asked = inference_protocol.read(call.request, self.signature)
            frame = inference_protocol.as_frame(asked, self.signature)
            assert frame is not None
            return self._prepared(frame, asked.params, inference_protocol.finisher(self, asked))
        if call.request.media_type in (payloads.CSV, "text/csv"):
            finish = mlflow_answers.finisher(call.kind)
            return self._prepared(mlflow_answers.csv_frame(call.request.text()), None, finish)
        found = self._read(call.request)
        finish = self._results if found.is_designers else mlflow_answers.finisher(call.kind)
        return self._prepared(found.frame, found.parameters, finish)

    def predict(self, data: Any, params: Any) -> Any:
        from atelier.components.inference import answering

        return answering.score(self._graph, data, params or {})

    def predict_together(self, prepared: Sequence[Prepared]) -> list[Any] | None:
        return None  # a component may look at all rows it gets: requests stay apart

    def _read(self, request: Request) -> Asked:
        from atelier.components.inference import bodies

        payloads.require_json(request)
        return bodies.read(request.json(), self._graph.wanted)

    def _prepared(self, frame: Frame, params: Any, finish: Callable[[Any], Answer]) -> Prepared:
        if self._refuses_extra:
            read = {name: values for name, values in frame.columns.items() if name not in self._unread}
            checking.check_names(Frame(read, frame.rows), self.signature, refuses_extra=True)
        return Prepared(frame.columns, finish, rows=frame.rows, params=params)

    def _results(self, result: Any) -> Answer:
        """The designer's answer."""
        graph = self._graph
        return Answer(encoding.dumps({"Results": {graph.output_name: graph.records(result)}}))

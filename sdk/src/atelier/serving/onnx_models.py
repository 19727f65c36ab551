"""One ONNX file, run by onnxruntime: what it takes and gives, the file itself says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

from atelier.serving import checking, describing, inference_protocol, mlflow_answers, payloads, places, scoring, tensors
from atelier.serving.messages import Answer
from atelier.serving.payloads import Payload
from atelier.serving.problems import LoadProblem, bad_request
from atelier.serving.scoring import INFER, INVOCATIONS, SCORE, Call, Prepared
from atelier.serving.settings import Settings
from atelier.serving.signatures import Column, Signature, Tensor

COLUMNS = "atelier.columns"
DTYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(bool)": "bool",
    "tensor(string)": "object",
    **{f"tensor({sign}int{bits})": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}


class OnnxScorer:
    """Serves a session of onnxruntime."""

    kinds = frozenset({SCORE, INVOCATIONS, INFER})

    def __init__(self, path: Path, *, name: str, version: str) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise LoadProblem(f"The environment has no onnxruntime, which an ONNX model needs: {error}") from error
        self.name = name
        self.version = version
        self._session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self._inputs = tuple(map(_tensor, self._session.get_inputs()))
        outputs = self._session.get_outputs()
        self._outputs = [one.name for one in outputs]
        self.signature = Signature(self._inputs, tuple(map(_tensor, outputs)), ())
        self._columns = _columns(self._session.get_modelmeta().custom_metadata_map)
        self.description = {**describing.describe({}, self.signature), "served": "onnx", "platform": "onnx_onnxruntime"}

    def prepare(self, call: Call) -> Prepared:
        if call.kind == INFER:
            asked = inference_protocol.read(call.request, self.signature)
            return self._prepared(_only(asked, self.signature), inference_protocol.finisher(self, asked))
        payload = payloads.read(call.request)
        if payload.form == payloads.CSV:
            raise bad_request("An ONNX model takes tensors: send JSON with inputs.")
        return self._prepared(tensors.read(self._in_order(payload), self.signature), _finisher(call.kind))

    def _in_order(self, payload: Payload) -> Payload:
        """A frame as the tensors of a model that was converted from one of columns; anything else as it is."""
        if not self._columns.columns:
            return payload
        frame = payloads.frame_of(payload, self._columns)
        if frame is None:
            return payload
        checking.check_names(frame, self._columns, refuses_extra=False)
        columns = [(one.name, frame.columns[one.name]) for one in self._columns.columns]
        if len(self._inputs) > 1:
            rows = {name: [[value] for value in values] for name, values in columns}
            return payload._replace(form=payloads.INPUTS, data=rows)
        return payload._replace(form=payloads.INPUTS, data=list(map(list, zip(*(values for _, values in columns)))))

    def predict(self, data: Any, params: Any) -> Any:
        return dict(zip(self._outputs, self._session.run(None, data)))

    def predict_together(self, prepared: Sequence[Prepared]) -> list[Any] | None:
        import numpy

        joined = {one.name: numpy.concatenate([each.data[one.name] for each in prepared]) for one in self._inputs}
        parts = {name: scoring.cut(value, prepared) for name, value in self.predict(joined, None).items()}
        if any(value is None for value in parts.values()):
            return None
        return [{name: value[at] for name, value in parts.items() if value is not None} for at in range(len(prepared))]

    def _prepared(self, data: dict[str, Any], finish: Callable[[Any], Answer]) -> Prepared:
        rows = {value.shape[0] if value.ndim else None for value in data.values()}
        varies = all(one.shape[:1] == (-1,) for one in self._inputs)
        if len(rows) != 1 or None in rows or not varies:
            return Prepared(data, finish)
        key = ("onnx", *(value.shape[1:] for value in data.values()))
        return Prepared(data, finish, rows=rows.pop() or 0, key=key)


def load(path: Path, settings: Settings) -> OnnxScorer:
    """The model of this file."""
    named = places.name_of(settings)
    return OnnxScorer(path, name=named.name, version=named.version)


def _columns(metadata: dict[str, str]) -> Signature:
    """The columns that the studio's conversion has written into the file; none for a file from elsewhere."""
    names = json.loads(metadata.get(COLUMNS) or "[]")
    return Signature(tuple(Column(str(name), "", True, {}) for name in names), (), ())


def _tensor(node: Any) -> Tensor:
    shape = tuple(size if isinstance(size, int) and size >= 0 else -1 for size in node.shape or ())
    return Tensor(node.name, DTYPES.get(node.type, "object"), shape)


def _only(asked: inference_protocol.Asked, signature: Signature) -> dict[str, Any]:
    sent = asked.inputs
    if len(sent) == 1 and len(signature.tensors) == 1:
        # A model of one tensor takes it under any name.
        tensor = signature.tensors[0]
        return {tensor.name: inference_protocol.fitted(sent[0], tensor.dtype, tensor.shape)}
    arrays: dict[str, Any] = inference_protocol.as_model_input(asked, signature)
    return arrays


def _finisher(kind: str) -> Callable[[Any], Answer]:
    finish = mlflow_answers.finisher(kind)
    return lambda result: finish(next(iter(result.values())) if len(result) == 1 else result)

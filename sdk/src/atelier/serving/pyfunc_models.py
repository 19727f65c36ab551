"""Models in MLflow's format, loaded and called by MLflow itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from atelier.serving import checking, inference_protocol, mlflow_answers, payloads, scoring
from atelier.serving.mlflow_scorers import MlflowScorer
from atelier.serving.payloads import Payload
from atelier.serving.problems import LoadProblem, Problem, bad_request
from atelier.serving.scoring import INFER, Call, Prepared
from atelier.serving.signatures import Signature


class PyfuncScorer(MlflowScorer):
    """Any flavour: the frame or tensor is made as MLflow's own server makes it, and MLflow enforces the signature."""

    def load(self, folder: Path) -> None:
        try:
            import mlflow.pyfunc
            from mlflow.pyfunc import scoring_server
        except ImportError as error:
            raise LoadProblem(f"The environment has no mlflow, which this model needs: {error}") from error
        self._server = scoring_server
        self._error = _mlflow_error()
        # What MLflow's own server says too: some flavours behave otherwise while they serve.
        os.environ.setdefault("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")
        self._model = mlflow.pyfunc.load_model(str(folder))
        self._schema = self._model.metadata.get_input_schema()
        by_hint = getattr(self._model.metadata, "_is_signature_from_type_hint", None)
        self._by_hint = bool(by_hint and by_hint())

    def prepare(self, call: Call) -> Prepared:
        if call.kind == INFER:
            asked = inference_protocol.read(call.request, self.signature)
            data = inference_protocol.as_model_input(asked, self.signature)
            return self._prepared(data, asked.params, inference_protocol.finisher(self, asked))
        payload = self._without_shape(payloads.read(call.request, takes_raw=True))
        checking.check_params(payload.params, self.signature)
        finish = mlflow_answers.finisher(call.kind, unwrapped=payload.form == payloads.RAW)
        return self._prepared(self._read(payload), payload.params, finish)

    def predict(self, data: Any, params: Any) -> Any:
        try:
            return self._model.predict(data, params=params) if params is not None else self._model.predict(data)
        except self._error as error:
            if "enforce schema" in str(error) or "signature" in str(error) or "expected" in str(error):
                raise Problem(422, "wrong_input", f"The input does not fit the model: {error}") from error
            raise

    def predict_together(self, prepared: Sequence[Prepared]) -> list[Any] | None:
        return scoring.cut(self.predict(_joined(prepared), prepared[0].params), prepared)

    def _without_shape(self, payload: Payload) -> Payload:
        """A body without a shape is for models without a signature, or it is a chat; its parameters lie beside it."""
        if payload.form != payloads.RAW:
            return payload
        if not (self._schema is None or self._by_hint or payloads.LLM_KEYS & payload.data.keys()):
            return payloads.of_json(payload.data)
        known = {one.name for one in self.signature.params}
        params = {name: value for name, value in payload.data.items() if name in known}
        data = {name: value for name, value in payload.data.items() if name not in known}
        return Payload(payloads.RAW, data, params)

    def _read(self, payload: Payload) -> Any:
        if payload.form == payloads.RAW or self._by_hint:
            return payload.data
        if payload.form == payloads.CSV:
            return self._read_csv(payload.data)
        frame = payloads.frame_of(payload, self.signature)
        if frame is None and payload.form == payloads.SPLIT and self.signature.columns:
            raise bad_request("dataframe_split needs columns: the names of the values in each row.")
        if frame is not None:
            checking.check_names(frame, self.signature, refuses_extra=self._refuses_extra)
            checking.check_values(frame, self.signature)
        return self._parsed(payload)

    def _parsed(self, payload: Payload) -> Any:
        try:
            return self._server.infer_and_parse_data(_named({payload.form: payload.data}, self.signature), self._schema)
        except self._error as error:
            raise Problem(422, "wrong_input", f"The input does not fit the model: {error}") from error

    def _read_csv(self, text: str) -> Any:
        import io

        mlflow_answers.check_csv(text, self.signature, refuses_extra=self._refuses_extra)
        try:
            return self._server.parse_csv_input(io.StringIO(text), schema=self._schema)
        except self._error as error:
            raise bad_request(f"The body is no CSV that can be read: {str(error).splitlines()[-1]}") from error

    def _prepared(self, data: Any, params: Any, finish: Any) -> Prepared:
        rows, key = _shape_key(data)
        return Prepared(data, finish, rows=rows, params=params, key=None if params else key)


def _mlflow_error() -> type[Exception]:
    from mlflow.exceptions import MlflowException

    found: type[Exception] = MlflowException
    return found


def _named(body: dict[str, Any], signature: Signature) -> dict[str, Any]:
    """Rows without names get those of the signature; MLflow itself would count the columns from 0 and refuse them."""
    form, data = next(iter(body.items()))
    names = [column.name for column in signature.columns]
    if not names or not signature.is_named:
        return body
    if form == payloads.SPLIT and data.get("columns") is None:
        return {form: {**data, "columns": names}}
    rows = data if form in (payloads.INPUTS, payloads.INSTANCES) and isinstance(data, list) else []
    if len(names) > 1 and rows and all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return {payloads.SPLIT: {"columns": names, "data": rows}}
    return body


def _shape_key(data: Any) -> tuple[int, Any]:
    """How many rows the input has, and what another must be like to be joined with it."""
    shape = getattr(data, "shape", None)
    if not shape:
        return 1, None
    if hasattr(data, "iloc"):
        names = tuple(data.columns)
        return shape[0], ("frame", names, tuple(map(str, data.dtypes))) if shape[0] else None
    return shape[0], ("array", str(data.dtype), shape[1:])


def _joined(prepared: Sequence[Prepared]) -> Any:
    if hasattr(prepared[0].data, "iloc"):
        import pandas

        return pandas.concat([one.data for one in prepared], ignore_index=True)
    import numpy

    return numpy.concatenate([one.data for one in prepared])

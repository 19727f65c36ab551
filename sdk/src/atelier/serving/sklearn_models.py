"""Models of scikit-learn in MLflow's format, called with arrays: MLflow is not loaded and no frame is made.

That gives what MLflow's own way gives, bit for bit, when all of these hold; a model for which one does not is left to MLflow:
every column is a required number, so MLflow's frame has no other type in it; the estimator and everything in it comes
from scikit-learn, whose estimators begin by turning a frame into an array; none of them picks columns by name; and the
names it was fitted with are those of the signature, in that order. The array is laid out as pandas lays out a frame's
values, because the order in memory is the order in which sums are made.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Callable

from atelier.serving import checking, inference_protocol, mlflow_answers, payloads, scoring, tensors
from atelier.serving.messages import Answer, Request
from atelier.serving.payloads import Frame, Payload
from atelier.serving.problems import FieldProblem, bad_request, wrong_input
from atelier.serving.scoring import INFER, INVOCATIONS, SCORE, Call, Prepared
from atelier.serving.settings import Settings
from atelier.serving.signatures import DATATYPES, NUMERIC, Signature

# Estimators that look at a frame's names or hand the frame to a function of the user's.
BY_NAME = frozenset({"ColumnTransformer", "FunctionTransformer", "TransformedTargetRegressor"})
FORMATS = frozenset({"pickle", "cloudpickle", "skops"})
PREDICT_FNS = frozenset({"predict", "predict_proba", "predict_log_proba", "predict_joint_log_proba"})


def may_be_direct(mlmodel: Mapping[str, Any], signature: Signature) -> bool:
    """Whether the file MLmodel allows it, before anything is loaded."""
    flavors = mlmodel["flavors"]
    general, own = flavors["python_function"], flavors.get("sklearn")
    if own is None or general.get("loader_module") != "mlflow.sklearn":
        return False
    unusual = (
        general.get("code") or general.get("config") or own.get("code") or mlmodel.get("is_signature_from_type_hint")
    )
    if unusual or mlmodel.get("type_hint_from_example") or signature.has_params:
        return False
    if own.get("serialization_format") not in FORMATS or general.get("predict_fn", "predict") not in PREDICT_FNS:
        return False
    # Where pickles are refused, MLflow says so.
    refused = os.environ.get("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "true").lower() not in ("true", "1")
    return not refused and _is_numbers_only(signature)


def _is_numbers_only(signature: Signature) -> bool:
    if signature.columns:
        return signature.is_named and all(one.required and one.type in NUMERIC for one in signature.columns)
    wanted = signature.tensors
    return (
        len(wanted) == 1 and not wanted[0].name and len(wanted[0].shape) == 2 and wanted[0].dtype[:3] in ("flo", "int")
    )


def load_estimator(folder: Path, mlmodel: Mapping[str, Any]) -> Any:
    """The estimator, by the library it was saved with."""
    own = mlmodel["flavors"]["sklearn"]
    path = folder / str(mlmodel["flavors"]["python_function"].get("model_path") or own["pickled_model"])
    kind = own["serialization_format"]
    if kind == "skops":
        import skops.io

        return skops.io.load(str(path), trusted=own.get("skops_trusted_types"))
    with open(path, "rb") as file:
        if kind == "cloudpickle":
            import cloudpickle

            return cloudpickle.load(file)
        import pickle

        return pickle.load(file)  # this process is the place where models are loaded


def takes_arrays(estimator: Any, signature: Signature) -> bool:
    """Whether an array in the signature's order does exactly what the frame does."""
    if not all(_is_plain(part) for part in _parts(estimator, set())):
        return False
    fitted_with = getattr(estimator, "feature_names_in_", None)
    names = [one.name for one in signature.columns]
    return fitted_with is None or not names or list(fitted_with) == names


def _parts(estimator: Any, seen: set[int]) -> Iterator[Any]:
    """The estimator and every estimator and function in it, fitted ones too."""
    if id(estimator) in seen:
        return
    seen.add(id(estimator))
    yield estimator
    for value in list(getattr(estimator, "__dict__", {}).values()):
        yield from _parts_of_value(value, seen)


def _parts_of_value(value: Any, seen: set[int]) -> Iterator[Any]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)) or getattr(value, "dtype", None) == object:
        for item in list(value):
            yield from _parts_of_value(item, seen)
    elif hasattr(value, "fit") or hasattr(value, "predict") or hasattr(value, "transform"):
        yield from _parts(value, seen)


def _is_plain(part: Any) -> bool:
    kind = type(part)
    is_own = kind.__module__.partition(".")[0] == "sklearn"
    return is_own and kind.__name__ not in BY_NAME and not hasattr(part, "_sklearn_output_config")


class SklearnScorer:
    """An estimator called with arrays of numbers."""

    kinds = frozenset({SCORE, INVOCATIONS, INFER})

    def __init__(
        self,
        estimator: Any,
        predict_fn: str,
        signature: Signature,
        description: dict[str, Any],
        settings: Settings,
        *,
        name: str,
        version: str,
    ) -> None:
        import numpy

        # The names are checked here, by field; the estimator would say of each array that it has none.
        warnings.filterwarnings("ignore", message="X does not have valid feature names", category=UserWarning)
        self.name = name
        self.version = version
        self.signature = signature
        self.description = description
        self._call: Callable[[Any], Any] = getattr(estimator, predict_fn)
        self._refuses_extra = settings.refuses_extra
        self._numpy = numpy
        self._names = [one.name for one in signature.columns]
        self._dtypes = [numpy.dtype(DATATYPES[one.type][2]) for one in signature.columns]
        wanted = self._dtypes or [numpy.dtype(signature.tensors[0].dtype)]
        self._dtype = numpy.result_type(*wanted)
        self._is_uniform_float = self._dtype.kind == "f" and all(one == self._dtype for one in wanted)
        self._finish = {kind: mlflow_answers.finisher(kind) for kind in (SCORE, INVOCATIONS)}

    def prepare(self, call: Call) -> Prepared:
        if call.kind == INFER:
            return self._of_protocol(call.request)
        payload = payloads.read(call.request)
        finish = self._finish[call.kind]
        if payload.form == payloads.CSV:
            return self._prepared(self._of_csv(payload.data), finish)
        if self.signature.tensors:
            return self._prepared(tensors.read(payload, self.signature)[""], finish)
        array = self._at_once(payload)
        return self._prepared(self._of_frame(payload) if array is None else array, finish)

    def predict(self, data: Any, params: Any) -> Any:
        try:
            return self._call(data)
        except ValueError as error:
            found = self._unfit_numbers(data)
            if not found:
                raise
            raise wrong_input(found) from error

    def predict_together(self, prepared: Sequence[Prepared]) -> list[Any] | None:
        joined = self._numpy.concatenate([one.data.T for one in prepared], axis=1).T
        return scoring.cut(self._call(joined), prepared)

    def _prepared(self, data: Any, finish: Callable[[Any], Answer]) -> Prepared:
        rows = data.shape[0]
        if not rows:
            raise bad_request("The input has no rows.")
        # A frame read from CSV is left as it is and stays alone.
        return Prepared(data, finish, rows=rows, key="rows" if type(data) is self._numpy.ndarray else None)

    def _at_once(self, payload: Payload) -> Any:
        """Rows in the signature's order as one array; None when they have to be looked at one by one."""
        if not self._is_uniform_float:
            return None
        if payload.form == payloads.SPLIT and payload.data.get("columns") == self._names:
            rows = payload.data["data"]
        elif payload.form == payloads.RECORDS:
            rows = self._rows_of(payload.data)
        else:
            return None
        try:
            array = self._numpy.array(rows, dtype=self._dtype)
        except (TypeError, ValueError, OverflowError):
            return None
        if array.ndim != 2 or array.shape[1] != len(self._names):
            return None
        return self._numpy.asfortranarray(array)

    def _rows_of(self, records: list[dict[str, Any]]) -> list[Any]:
        names = self._names
        width = len(names)
        try:
            rows = [[record[name] for name in names] for record in records]
        except KeyError:
            return []
        return rows if all(len(record) == width for record in records) else []

    def _of_frame(self, payload: Payload) -> Any:
        frame = payloads.frame_of(payload, self.signature)
        if frame is None:
            raise bad_request(
                f"{payload.form} must be rows by name, or columns by name that are equally long: "
                f"{', '.join(self._names[:8])}."
            )
        return self._of_columns(frame)

    def _of_columns(self, frame: Frame) -> Any:
        checking.check_names(frame, self.signature, refuses_extra=self._refuses_extra)
        checking.check_values(frame, self.signature)
        laid_out = self._numpy.empty((len(self._names), frame.rows), dtype=self._dtype)
        for at, (name, dtype) in enumerate(zip(self._names, self._dtypes)):
            laid_out[at] = self._numpy.array(frame.columns[name], dtype=dtype)
        return laid_out.T

    def _of_csv(self, text: str) -> Any:
        """Read by pandas as MLflow does: its reader rounds some numbers otherwise than Python's."""
        import io

        import pandas

        if self.signature.tensors:
            frame = mlflow_answers.csv_frame(text)
            rows = [list(row) for row in zip(*frame.columns.values())]
            payload = Payload(payloads.INPUTS, rows, None)
            return tensors.read(payload, self.signature)[""]
        mlflow_answers.check_csv(text, self.signature, refuses_extra=self._refuses_extra)
        frame = pandas.read_csv(io.StringIO(text), dtype=dict(zip(self._names, self._dtypes)))
        return frame[self._names]

    def _of_protocol(self, request: Request) -> Prepared:
        asked = inference_protocol.read(request, self.signature)
        finish = inference_protocol.finisher(self, asked)
        if self.signature.tensors:
            return self._prepared(inference_protocol.as_model_input(asked, self.signature), finish)
        frame = inference_protocol.as_frame(asked, self.signature)
        assert frame is not None
        return self._prepared(self._of_columns(frame), finish)

    def _unfit_numbers(self, data: Any) -> list[FieldProblem]:
        """The columns with a missing or infinite number, which most estimators refuse."""
        numpy = self._numpy
        values = numpy.asarray(data)
        if values.dtype.kind != "f":
            return []
        names = self._names or [f"column {at}" for at in range(values.shape[1])]
        found = []
        for name, column in zip(names, values.T):
            unfit = numpy.flatnonzero(~numpy.isfinite(column))
            if unfit.size:
                where = f" in row {unfit[0]}" if len(values) > 1 else ""
                found.append(FieldProblem(name, f"is missing or infinite{where}; the model takes only numbers there."))
        return found

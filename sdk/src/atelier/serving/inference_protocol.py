"""The Open Inference Protocol, version 2, over REST: tensors in, tensors out."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

from atelier.serving import checking, encoding
from atelier.serving.describing import OF_NUMPY, TO_NUMPY
from atelier.serving.messages import Answer, Request, json_answer
from atelier.serving.payloads import Frame, kind_of
from atelier.serving.problems import FieldProblem, Problem, bad_request, wrong_input
from atelier.serving.signatures import DATATYPES, NUMERIC, Signature

BYTES = "BYTES"


class Input(NamedTuple):
    """One tensor as it was sent."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: list[Any]


class Asked(NamedTuple):
    """One inference request."""

    id: str
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    params: dict[str, Any] | None


def read(request: Request, signature: Signature) -> Asked:
    """The request, checked for itself. Raises Problem."""
    if "inference-header-content-length" in {name.decode("latin-1") for name in request.headers}:
        raise Problem(415, "media_type", "Binary tensors are not read here: send the data as JSON.")
    body = request.json()
    if not isinstance(body, dict) or not isinstance(body.get("inputs"), list) or not body["inputs"]:
        raise bad_request("The body must be an object with inputs: a list of tensors with name, shape, datatype, data.")
    inputs = tuple(_input(one, number) for number, one in enumerate(body["inputs"]))
    if len({one.name for one in inputs}) != len(inputs):
        raise bad_request("Two inputs have the same name.")
    params = _params(body.get("parameters"), signature)
    checking.check_params(params, signature)
    return Asked(str(body.get("id") or ""), inputs, _outputs(body.get("outputs")), params)


def _outputs(said: Any) -> tuple[str, ...]:
    if said is None:
        return ()
    if not isinstance(said, list) or not all(
        isinstance(one, dict) and isinstance(one.get("name"), str) for one in said
    ):
        raise bad_request("outputs must be a list of objects with a name.")
    return tuple(one["name"] for one in said)


def _params(said: Any, signature: Signature) -> dict[str, Any] | None:
    if said is not None and not isinstance(said, dict):
        raise bad_request(f"parameters is {kind_of(said)}; it must be an object.")
    known = {one.name for one in signature.params}
    return {name: value for name, value in (said or {}).items() if name in known} or None


def _input(one: Any, number: int) -> Input:
    if not isinstance(one, dict) or not isinstance(one.get("name"), str):
        raise bad_request(f"Input {number} must be an object with a name.")
    name = one["name"]
    datatype, shape = one.get("datatype"), one.get("shape")
    if datatype not in TO_NUMPY and datatype != BYTES:
        raise wrong_input(
            [FieldProblem(name, f"has the datatype {datatype}; known are {', '.join([*TO_NUMPY, BYTES])}.")]
        )
    if not isinstance(shape, list) or not shape or not all(type(size) is int and size >= 0 for size in shape):
        raise wrong_input([FieldProblem(name, "needs a shape: a list of lengths.")])
    if not isinstance(one.get("data"), list):
        raise wrong_input([FieldProblem(name, "needs data: a list of values.")])
    data = _flat(one["data"])
    if len(data) != math.prod(shape):
        raise wrong_input([FieldProblem(name, f"has {len(data)} values; its shape {shape} wants {math.prod(shape)}.")])
    return Input(name, datatype, tuple(shape), data)


def _flat(data: list[Any]) -> list[Any]:
    while any(isinstance(value, list) for value in data):
        data = [item for value in data for item in (value if isinstance(value, list) else [value])]
    return data


def as_frame(asked: Asked, signature: Signature) -> Frame | None:
    """The inputs as columns of a frame; None when the model takes tensors."""
    columns = signature.columns
    if signature.tensors:
        return None
    if len(asked.inputs) == 1 and columns:
        only = asked.inputs[0]
        if (
            len(only.shape) == 2
            and only.shape[1] == len(columns)
            and (len(columns) > 1 or only.name != columns[0].name)
        ):
            width = len(columns)
            return Frame({one.name: only.data[at::width] for at, one in enumerate(columns)}, only.shape[0])
    return Frame({one.name: one.data for one in asked.inputs}, _common_length(asked, {one.name for one in columns}))


def _common_length(asked: Asked, known: set[str]) -> int:
    found = []
    for one in asked.inputs:
        if one.name in known and math.prod(one.shape[1:]) != 1:
            found.append(FieldProblem(one.name, f"has the shape {list(one.shape)}; a column has one length."))
        elif one.shape[0] != asked.inputs[0].shape[0]:
            first = asked.inputs[0]
            found.append(FieldProblem(one.name, f"has {one.shape[0]} rows; “{first.name}” has {first.shape[0]}."))
    if found:
        raise wrong_input(found)
    return asked.inputs[0].shape[0]


def as_model_input(asked: Asked, signature: Signature, *, refuses_extra: bool = False) -> Any:
    """What a model in MLflow's format is given: a data frame, an array, or arrays by name."""
    if signature.tensors:
        return _as_tensors(asked, signature)
    frame = as_frame(asked, signature)
    assert frame is not None
    checking.check_names(frame, signature, refuses_extra=refuses_extra)
    checking.check_values(frame, signature)
    if not signature.inputs and len(asked.inputs) == 1 and len(asked.inputs[0].shape) > 1:
        return _array(asked.inputs[0])
    return _as_pandas(frame, asked, signature)


def _as_pandas(frame: Frame, asked: Asked, signature: Signature) -> Any:
    import pandas

    types = {one.name: one.type for one in signature.columns}
    sent = {one.name: one.datatype for one in asked.inputs}
    made = {}
    for name, values in frame.columns.items():
        known = types.get(name)
        dtype = DATATYPES[known][2] if known in DATATYPES else TO_NUMPY.get(sent.get(name, ""), "object")
        column = pandas.Series(values)
        if known == "datetime":
            column = pandas.to_datetime(column)
        elif known in NUMERIC or known == "boolean" or (known is None and dtype != "object"):
            column = column.astype(dtype)
        made[name] = column
    return pandas.DataFrame(made)


def _as_tensors(asked: Asked, signature: Signature) -> Any:
    wanted = signature.tensors
    if not signature.is_named:
        return fitted(asked.inputs[0], wanted[0].dtype, wanted[0].shape)
    sent = {one.name: one for one in asked.inputs}
    missing = [FieldProblem(one.name, "is missing.") for one in wanted if one.name not in sent]
    if missing:
        raise wrong_input(missing)
    return {one.name: fitted(sent[one.name], one.dtype, one.shape) for one in wanted}


def fitted(one: Input, dtype: str, shape: tuple[int, ...]) -> Any:
    """The input as an array of this type. Raises the problem that says which dimension differs."""
    if len(one.shape) != len(shape) or any(size not in (-1, sent) for size, sent in zip(shape, one.shape)):
        raise wrong_input([FieldProblem(one.name, f"has the shape {list(one.shape)}; the model wants {list(shape)}.")])
    return _array(one, dtype)


def _array(one: Input, dtype: str = "") -> Any:
    import numpy

    wanted = dtype or TO_NUMPY.get(one.datatype, "object")
    try:
        return numpy.array(one.data, dtype=wanted).reshape(one.shape)
    except (TypeError, ValueError, OverflowError):
        raise wrong_input([FieldProblem(one.name, f"has a value that is no {wanted}.")]) from None


def finisher(scorer: Any, asked: Asked) -> Callable[[Any], Answer]:
    """How a result becomes the answer to this request."""

    def finish(result: Any) -> Answer:
        outputs = list(_named_results(result, scorer.description))
        if asked.outputs:
            by_name = dict(outputs)
            unknown = [name for name in asked.outputs if name not in by_name]
            if unknown:
                known = ", ".join(by_name)
                raise Problem(422, "wrong_input", f"There is no output {', '.join(unknown)}; there is {known}.")
            outputs = [(name, by_name[name]) for name in asked.outputs]
        body: dict[str, Any] = {"model_name": scorer.name, "model_version": scorer.version}
        if asked.id:
            body["id"] = asked.id
        body["outputs"] = [_tensor(name, value) for name, value in outputs]
        return json_answer(body)

    return finish


def _named_results(result: Any, description: Mapping[str, Any]) -> Any:
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(result, pandas.DataFrame):
        return [(str(name), result[name].to_numpy()) for name in result.columns]
    if isinstance(result, dict):
        return [(str(name), value) for name, value in result.items()]
    said = description.get("v2_outputs") or []
    return [(said[0]["name"] if len(said) == 1 else "predict", result)]


def _tensor(name: str, value: Any) -> dict[str, Any]:
    import numpy

    array = numpy.asarray(value)
    datatype = OF_NUMPY.get(str(array.dtype), BYTES)
    shape = list(array.shape) or [1]
    data = array.ravel().tolist()
    if datatype == BYTES:
        data = [_as_text(item) for item in data]
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}


def _as_text(item: Any) -> str:
    if isinstance(item, str):
        return item
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else encoding.dumps(item).decode()

"""Bodies as arrays, for models whose signature is of tensors."""

from __future__ import annotations

from typing import Any

from atelier.serving import payloads
from atelier.serving.payloads import Payload
from atelier.serving.problems import FieldProblem, bad_request, wrong_input
from atelier.serving.signatures import Signature, Tensor

# Numbers are cast as NumPy casts them; what it would cut (1.5 to a whole number, a number to true) is refused.
LOSSLESS = {"b": "b", "i": "biu", "u": "biu", "f": "biuf", "c": "biufc"}


def read(payload: Payload, signature: Signature) -> dict[str, Any]:
    """The arrays by the tensor's name ("" for the one without a name). Raises Problem that names the field."""
    wanted = signature.tensors
    data = payload.data
    if payload.form in (payloads.SPLIT, payloads.RECORDS, payloads.CSV):
        return {wanted[0].name: _of_frame(payload, signature)}
    if payload.form == payloads.INSTANCES and isinstance(data, list) and data and isinstance(data[0], dict):
        data = _by_name(data)
    if isinstance(data, dict):
        return _named(data, wanted)
    if len(wanted) > 1:
        names = ", ".join(one.name for one in wanted)
        raise bad_request(f"The model takes several tensors: {payload.form} must be an object with {names}.")
    return {wanted[0].name: array(data, wanted[0])}


def _by_name(rows: list[Any]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)
    if not all(isinstance(row, dict) and len(row) == len(names) for row in rows):
        raise bad_request("Every one of instances must be an object with the same names.")
    return {name: [row[name] for row in rows] for name in names}


def _named(data: dict[str, Any], wanted: tuple[Tensor, ...]) -> dict[str, Any]:
    missing = [FieldProblem(one.name or "inputs", "is missing.") for one in wanted if one.name not in data]
    if missing:
        raise wrong_input(missing)
    return {one.name: array(data[one.name], one) for one in wanted}


def array(data: Any, tensor: Tensor) -> Any:
    """Nested lists as an array of the tensor's type and shape."""
    import numpy

    name = tensor.name or "inputs"
    dtype = numpy.dtype(tensor.dtype)
    try:
        made = numpy.array(data, dtype=dtype)
        _check_lossless(data, dtype, name)
    except (TypeError, ValueError, OverflowError):
        raise wrong_input(
            [FieldProblem(name, f"has a value that is no {tensor.dtype}, or rows of unlike lengths.")]
        ) from None
    check_shape(made.shape, tensor, name)
    return made


def _check_lossless(data: Any, dtype: Any, name: str) -> None:
    import numpy

    if dtype.kind not in "biu":
        return
    seen = numpy.array(data)
    if seen.dtype.kind in LOSSLESS[dtype.kind] or not seen.size:
        return
    if dtype.kind != "b" and seen.dtype.kind == "f" and bool((seen == numpy.floor(seen)).all()):
        return
    raise wrong_input([FieldProblem(name, f"has a value that is no {dtype.name}.")])


def check_shape(sent: tuple[int, ...], tensor: Tensor, name: str) -> None:
    """Raises the problem that says both shapes."""
    wanted = tensor.shape
    if len(sent) != len(wanted) or any(size not in (-1, got) for size, got in zip(wanted, sent)):
        raise wrong_input([FieldProblem(name, f"has the shape {list(sent)}; the model wants {list(wanted)}.")])


def _of_frame(payload: Payload, signature: Signature) -> Any:
    """A data frame for a tensor: its columns beside each other, as pandas lays them out."""
    import numpy

    tensor = signature.tensors[0]
    if len(signature.tensors) > 1 or len(tensor.shape) != 2:
        raise bad_request(f"The model takes tensors: send inputs or instances, not {payload.form}.")
    frame = payloads.frame_of(payload, signature)
    columns = list(frame.columns.values()) if frame else list(map(list, zip(*payload.data["data"])))
    made = array(columns, Tensor(tensor.name, tensor.dtype, (-1,) * 2)) if columns else numpy.empty((0, 0))
    check_shape(made.T.shape, tensor, tensor.name or payload.form)
    return made.T

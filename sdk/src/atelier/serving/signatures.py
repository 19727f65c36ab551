"""A model's signature: what it takes and gives, as the file MLmodel says it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Union

# MLflow's types of columns: their datatype in the Open Inference Protocol, in JSON Schema, and in NumPy.
DATATYPES = {
    "boolean": ("BOOL", {"type": "boolean"}, "bool"),
    "integer": ("INT32", {"type": "integer", "format": "int32"}, "int32"),
    "long": ("INT64", {"type": "integer", "format": "int64"}, "int64"),
    "float": ("FP32", {"type": "number", "format": "float"}, "float32"),
    "double": ("FP64", {"type": "number", "format": "double"}, "float64"),
    "string": ("BYTES", {"type": "string"}, "object"),
    "binary": ("BYTES", {"type": "string", "format": "byte"}, "object"),
    "datetime": ("BYTES", {"type": "string", "format": "date-time"}, "object"),
}
NUMERIC = frozenset({"integer", "long", "float", "double"})


class Column(NamedTuple):
    """One column of a frame."""

    name: str
    type: str
    required: bool
    spec: Mapping[str, Any]

    @property
    def is_plain(self) -> bool:
        return self.type in DATATYPES


class Tensor(NamedTuple):
    """One tensor; -1 in the shape is any length."""

    name: str
    dtype: str
    shape: tuple[int, ...]


class Parameter(NamedTuple):
    """One parameter of `predict`."""

    name: str
    type: str
    default: Any
    shape: tuple[int, ...] | None


Side = tuple[Union[Column, Tensor], ...]


class Signature(NamedTuple):
    """Both sides and the parameters. A side that is not said is empty."""

    inputs: Side
    outputs: Side
    params: tuple[Parameter, ...]
    has_params: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(one for one in self.inputs if isinstance(one, Column))

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        return tuple(one for one in self.inputs if isinstance(one, Tensor))

    @property
    def is_named(self) -> bool:
        return bool(self.inputs) and all(one.name for one in self.inputs)


NONE = Signature((), (), ())


def read(mlmodel: Mapping[str, Any]) -> Signature:
    """The signature in the content of a file MLmodel; NONE when it has none."""
    said = mlmodel.get("signature") or {}
    params = _listed(said.get("params"))
    return Signature(
        tuple(_side(one) for one in _listed(said.get("inputs"))),
        tuple(_side(one) for one in _listed(said.get("outputs"))),
        tuple(_parameter(one) for one in params),
        has_params=bool(params),
    )


def _listed(value: Any) -> list[dict[str, Any]]:
    found = json.loads(value) if isinstance(value, str) else value
    return list(found) if isinstance(found, list) else []


def _side(one: Mapping[str, Any]) -> Column | Tensor:
    name = str(one.get("name") or "")
    if one.get("type") == "tensor":
        spec = one.get("tensor-spec") or {}
        return Tensor(name, str(spec.get("dtype", "")), tuple(int(size) for size in spec.get("shape", ())))
    required = bool(one.get("required", not one.get("optional", False)))
    return Column(name, str(one.get("type", "")), required, dict(one))


def _parameter(one: Mapping[str, Any]) -> Parameter:
    shape = one.get("shape")
    return Parameter(
        str(one.get("name")),
        str(one.get("type", "")),
        one.get("default"),
        tuple(int(size) for size in shape) if shape is not None else None,
    )

"""Inputs and outputs as a script declares them, and the values that may stand for one."""

from __future__ import annotations

import copy
import difflib
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Union

from atelier import _errors
from atelier._pipelines import places
from atelier._pipelines.wires import Wire

Record = dict[str, Any]
LITERALS = {str: "string", int: "integer", float: "number", bool: "boolean"}
FILES = ("uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model")
DATA = (
    *FILES, "Dataset", "UntrainedModel", "TrainedModel", "UntrainedCluster", "TrainedCluster", "Transform", "Recommender",
    "Evaluation", "Zip",
)  # fmt: skip
TYPES = (*DATA, *LITERALS.values())
TypeName = Union[str, type]


class Input:
    """A declared input: data (`path=`) or a value (`default=`, `min=`, `max=`, `enum=`).

    `Input(type="uri_file", path="azureml:cars@latest")`, `Input(type="number", default=0.1, min=0, max=1)`. A path without
    a scheme is a file or folder beside the script.
    """

    def __init__(
        self,
        type: TypeName = "",
        *,
        path: places.AnyPath | Wire = "",
        mode: str = "",
        default: Any = None,
        min: float | None = None,
        max: float | None = None,
        enum: Sequence[Any] = (),
        optional: bool = False,
        description: str = "",
    ) -> None:
        self.default = literal(default, "default of an input")
        self.type = type_name(type) or ("" if default is None else LITERALS.get(default.__class__, ""))
        self.path = path if isinstance(path, Wire) or not os.fspath(path) else data_path(path)
        bounds: Record = {"min": min, "max": max, "enum": list(enum) or None}
        self.rules = {name: value for name, value in bounds.items() if value is not None}
        self.words: Record = {"description": description} if description else {}
        self.is_optional = optional
        self.mode = mode
        if isinstance(self.path, places.Local) and not self.type:
            self.type = "uri_folder" if self.path.path.is_dir() else "uri_file"
        self._judge()

    def _judge(self) -> None:
        if self.is_literal and (self.path or self.mode):
            raise _errors.UsageError(f"An input of the type {self.type} is a value: it has a default, no path or mode.")
        if not self.is_literal and (self.rules or self.default is not None):
            raise _errors.UsageError("An input that is data has a path; default, min, max and enum are for values.")

    def at(self, place: Input) -> Input:
        """The same declaration with the data of another one."""
        found = copy.copy(self)
        found.path, found.mode, found.type = place.path, place.mode or self.mode, self.type or place.type
        return found

    def valued(self, value: Any) -> Input:
        """The same declaration with a value."""
        found = copy.copy(self)
        found.default = value
        return found

    @property
    def is_literal(self) -> bool:
        """Whether it is a value and no data."""
        return self.type in LITERALS.values()

    def declaration(self, folder: Path, *, of_job: bool = True) -> Record:
        """As a pipeline declares it, or, without `of_job`, a component: its data has no path."""
        is_known = isinstance(self.path, str) and self.path.lower().startswith("azureml:")
        kind = self.type or ("" if of_job and is_known else "uri_folder")
        found: Record = {"type": kind} if kind else {}
        found |= {**self.words, **self.rules, **({"optional": True} if self.is_optional else {})}
        found |= {} if self.default is None else {"default": self.default}
        place = self.given(folder) if of_job else {}
        return found | {name: value for name, value in place.items() if name != "type"}

    def given(self, folder: Path) -> Record:
        """As a node is given it: type, path and mode, as far as they are said."""
        if self.is_literal:
            return {}
        found = {"type": self.type, "path": rendered(self.path, folder), "mode": self.mode}
        return {name: value for name, value in found.items() if value}


class Output:
    """What is said of an output: `Output(type="uri_folder", name="cars-scored")`, `Output(path="azureml://…")`."""

    def __init__(
        self,
        type: str = "",
        *,
        name: str = "",
        version: str = "",
        path: str = "",
        mode: str = "",
        description: str = "",
    ) -> None:
        self.type = type_name(type)
        self._said = {"mode": mode, "path": path, "name": name, "version": version, "description": description}

    @property
    def says_where(self) -> bool:
        """Whether it says more than a declaration does: a place, a name, a mode."""
        return any(self._said[name] for name in ("mode", "path", "name", "version"))

    def to_dict(self) -> Record:
        """What is said, without what is not."""
        found = {"type": self.type, **self._said}
        return {name: value for name, value in found.items() if value}


def type_name(given: TypeName) -> str:
    """The type as pipeline files name it; `float` is "number". Raises UsageError for one that is not known."""
    if isinstance(given, type):
        if given not in LITERALS:
            raise _errors.UsageError(
                f"{given.__name__} is no type of an input: use {one_of(TYPES)}, or str, int, float, bool."
            )
        return LITERALS[given]
    if not given or given in TYPES:
        return given
    raise _errors.UsageError(
        f"{given!r} is no type of inputs and outputs.{meant(given, TYPES)} There are: {one_of(TYPES)}."
    )


def literal(value: Any, what: str) -> Any:
    """A plain value as it is. Raises UsageError for what no pipeline file can hold."""
    if isinstance(value, (list, tuple)):
        return [literal(one, what) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise _errors.UsageError(f"The {what} must be a finite number, not {value}.")
    if value is None or value.__class__ in LITERALS:
        return value
    item = getattr(value, "item", None)  # a number of NumPy
    if callable(item) and item().__class__ in LITERALS:
        return literal(item(), what)
    raise _errors.UsageError(
        f"The {what} can't be {_shown(value)}: give text, a number, true or false, an output of a node, or atelier.Input(…)."
    )


def data_path(given: places.AnyPath) -> str | places.Local:
    """A reference as it is, or the file or folder of this machine."""
    if isinstance(given, str) and places.is_reference(given):
        return given
    return places.local(given, "file or folder")


def data(given: places.AnyPath, port_type: str = "") -> Input:
    """A path that is given where data is wanted."""
    return Input(port_type if port_type in FILES else "", path=given)


def rendered(value: Any, folder: Path) -> Any:
    """What a document holds for a value: wires as bindings, files of this machine as paths from the folder."""
    if isinstance(value, Wire):
        return value.binding()
    if isinstance(value, places.Local):
        return value.from_folder(folder)
    if isinstance(value, Input):
        found = value.given(folder)
        return found["path"] if list(found) == ["path"] and isinstance(value.path, Wire) else found
    if isinstance(value, Mapping):
        return {str(key): rendered(item, folder) for key, item in value.items()}
    return [rendered(item, folder) for item in value] if isinstance(value, (list, tuple)) else value


def meant(given: str, known: Iterable[str]) -> str:
    """` Did you mean 'dataset'?`, or nothing."""
    close = difflib.get_close_matches(given, list(known), n=1, cutoff=0.6)
    return f" Did you mean {close[0]!r}?" if close else ""


def one_of(names: Iterable[str]) -> str:
    """`a, b and c`."""
    listed = list(names)
    return " and ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed) or "none"


def _shown(value: object) -> str:
    return f"a {type(value).__name__}"

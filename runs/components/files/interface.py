"""Declared inputs and outputs: of a component, and of a pipeline, where an input may be a plain value too."""

import math
import re
from typing import Any

from registry.data import uris
from runs.components.files.checking import FileCheck
from runs.tracking.jobfile.inputs_outputs import INPUT_MODES, LITERAL_TYPES, OUTPUT_MODES
from runs.tracking.jobfile.problems import Place
from runs.tracking.jobfile.reader import Entry, Items, Scalar, Table, Tree, to_plain
from studio.errors import Invalid

# Data that files, folders and models are, and the values that the studio's own components pass on.
FILE_TYPES = ("uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model")
OWN_TYPES = (
    "Dataset", "UntrainedModel", "TrainedModel", "UntrainedCluster", "TrainedCluster", "Transform", "Recommender",
    "Evaluation", "Zip",
)  # fmt: skip
PORT_TYPES = (*FILE_TYPES, *OWN_TYPES)
ANY = ""  # a port whose type nobody has said

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,249}\Z")
INPUT_FIELDS = (
    "type", "description", "optional", "default", "value", "enum", "min", "max", "mode", "path", "label", "datastore",
    "path_on_compute",
)  # fmt: skip
OUTPUT_FIELDS = (
    "type", "description", "mode", "path", "name", "version", "label", "early_available", "is_control", "datastore",
)  # fmt: skip
MAX_LITERAL = 100_000
MAX_PATH = 4000
BOOLEANS = {"true": True, "false": False}


def read_inputs(check: FileCheck, tree: Tree, path: str, *, of_job: bool) -> dict[str, dict[str, Any]]:
    """`{name: {"type", "default" | "path", …}}`. The inputs of a job may be values, and data with a path."""
    found = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        check.at(below, entry.place)
        if not NAME.match(name):
            sentence = f"{name[:60]!r} can't name an input: use letters, digits and '_'"
            check.wrong(below, entry.place, sentence, "bad_name")
        elif isinstance(entry.tree, Table):
            found[name] = _described(check, entry.tree, below, name, of_job=of_job)
        else:
            found[name] = _short(check, entry.tree, below, name, of_job=of_job)
    return found


def read_outputs(check: FileCheck, tree: Tree, path: str) -> dict[str, dict[str, Any]]:
    """`{name: {"type", …}}`; an output without fields is a folder."""
    found = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        check.at(below, entry.place)
        if not NAME.match(name):
            sentence = f"{name[:60]!r} can't name an output: use letters, digits and '_'"
            check.wrong(below, entry.place, sentence, "bad_name")
        else:
            found[name] = {"type": "uri_folder", **output(check, entry.tree, below)}
    return found


def output(check: FileCheck, tree: Tree, path: str) -> dict[str, Any]:
    """The fields of one output, without those that are not given. A text is where it is written."""
    if isinstance(tree, Scalar):
        text = check.text(tree, path, limit=MAX_PATH)
        return {"path": text} if text else {}
    fields = check.known(check.entries(tree, path), path, OUTPUT_FIELDS)
    found: dict[str, Any] = {}
    if kind := choice(check, fields, path, "type", PORT_TYPES + LITERAL_TYPES):
        found["type"] = kind
    if mode := choice(check, fields, path, "mode", OUTPUT_MODES):
        found["mode"] = mode
    for name in ("path", "name", "version", "description", "label"):
        text = check.text(fields[name].tree, f"{path}.{name}", limit=MAX_PATH) if name in fields else ""
        if text:
            found[name] = text
    for name in ("early_available", "is_control"):
        if name in fields and boolean(check, fields[name].tree, f"{path}.{name}"):
            found[name] = True
    return found


def choice(check: FileCheck, fields: dict[str, Entry], path: str, name: str, known: tuple[str, ...]) -> str:
    return check.choice(fields[name].tree, f"{path}.{name}", known) if name in fields else ""


def boolean(check: FileCheck, tree: Tree, path: str) -> bool:
    value = check.scalar(tree, path)
    if isinstance(value, str) and value.strip().lower() in BOOLEANS:
        return BOOLEANS[value.strip().lower()]
    if value is not None and not isinstance(value, bool):
        check.wrong(path, tree.place, f"{path} must be true or false, not {str(value)[:60]!r}")
    return bool(value)


def literal_type(value: object) -> str:
    """The type that a plain value has of itself."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "string"


def as_type(value: Any, kind: str) -> Any:
    """A value as the type `kind` has it ("0.1" is a number, "true" a boolean). Raises ValueError."""
    if kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else BOOLEANS[str(value).strip().lower()]
    number = float("nan") if isinstance(value, bool) else value
    number = float(str(number).strip()) if not isinstance(number, int) else number
    if isinstance(number, float) and not math.isfinite(number):
        raise ValueError(value)
    if kind == "integer":
        if number != int(number):
            raise ValueError(value)
        return int(number)
    return number


def misfit(value: Any, spec: dict[str, Any], what: str) -> str:
    """Why a literal does not fit its declaration, in a sentence; empty when it does."""
    kind = spec.get("type", "string")
    try:
        value = as_type(value, kind)
    except (KeyError, ValueError, OverflowError):
        shown = {"integer": "a whole number", "boolean": "true or false"}.get(kind, f"a {kind}")
        return f"{what} must be {shown}; {str(value)[:60]!r} is given."
    choices = spec.get("enum")
    if choices and str(value).casefold() not in {str(one).casefold() for one in choices}:
        return f"{what} must be one of {', '.join(map(str, choices))}; {str(value)[:60]!r} is given."
    low, high = spec.get("min"), spec.get("max")
    if kind not in ("integer", "number") or not (
        (low is not None and value < low) or (high is not None and value > high)
    ):
        return ""
    if low is not None and high is not None:
        return f"{what} must be between {low:g} and {high:g}; {value} is given."
    return f"{what} must be at {'least' if low is not None else 'most'} {low if low is not None else high:g}; {value} is given."


def _short(check: FileCheck, tree: Tree, path: str, name: str, *, of_job: bool) -> dict[str, Any]:
    """`rate: 0.1`, `cars: https://…`, and `name:` with nothing."""
    if isinstance(tree, Items):
        check.scalar(tree, path)
        return {"type": "string"}
    if not of_job:
        kind = check.choice(tree, path, PORT_TYPES + LITERAL_TYPES)
        return {"type": kind or "uri_folder"}
    value = check.scalar(tree, path)
    if isinstance(value, str):
        value = check.text(tree, path, limit=MAX_LITERAL)
        if uris.is_reference(value):
            known = {} if value.lower().startswith(("azureml:", "/")) else {"type": "uri_file"}
            return {**known, "path": data_path(check, tree, path, value)}
    value = finite(check, value, tree.place, path)
    return {"type": literal_type(value), **({} if value is None else {"default": value})}


def finite(check: FileCheck, value: Any, place: Place, path: str) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        check.wrong(path, place, f"{path} must be a finite number")
        return None
    return value


def _described(check: FileCheck, table: Table, path: str, name: str, *, of_job: bool) -> dict[str, Any]:
    fields = check.known(table.entries, path, INPUT_FIELDS)
    kind = choice(check, fields, path, "type", PORT_TYPES + LITERAL_TYPES)
    if not kind and "path" not in fields and ("default" in fields or "value" in fields):
        value = to_plain((fields.get("value") or fields["default"]).tree)
        kind = literal_type(value)
    found: dict[str, Any] = {"type": kind} if kind else {}
    for text in ("description", "label"):
        if text in fields and (given := check.text(fields[text].tree, f"{path}.{text}", limit=20_000)):
            found[text] = given
    if "optional" in fields and boolean(check, fields["optional"].tree, f"{path}.optional"):
        found["optional"] = True
    if kind in LITERAL_TYPES:
        return found | _literal(check, fields, path, kind)
    return found | _data(check, fields, path, name, kind, of_job=of_job)


def _data(
    check: FileCheck, fields: dict[str, Entry], path: str, name: str, kind: str, *, of_job: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if mode := choice(check, fields, path, "mode", INPUT_MODES):
        found["mode"] = mode
    entry = fields.get("path") or fields.get("default")
    given = check.text(entry.tree, f"{path}.path", limit=MAX_PATH) if entry else ""
    if entry and given:
        found["path"] = data_path(check, entry.tree, path, given)
        if of_job and not uris.is_reference(given):
            check.needed("input", found["path"], "file" if kind == "uri_file" else "folder", name)
    if not kind and not found.get("path", "").lower().startswith("azureml:"):
        found["type"] = "uri_folder"
    return found


def data_path(check: FileCheck, tree: Tree, path: str, given: str) -> str:
    """A reference judged by its form, or a path beside the file."""
    if not uris.is_reference(given):
        return check.local(tree, path, given, "give a path next to the file, data of the studio or https")
    try:
        uris.parse(given)
    except Invalid as error:
        check.wrong(path, tree.place, error.message, error.code)
    return given


def _literal(check: FileCheck, fields: dict[str, Entry], path: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for bound in ("min", "max"):
        value = check.scalar(fields[bound].tree, f"{path}.{bound}") if bound in fields else None
        if value is not None:
            found |= _typed(check, fields[bound].tree, f"{path}.{bound}", bound, value, kind)
    if "enum" in fields:
        found |= _enum(check, fields["enum"].tree, f"{path}.enum", kind)
    entry = fields.get("value") or fields.get("default")
    value = check.scalar(entry.tree, path) if entry else None
    if entry is None or value is None:
        return found
    found |= _typed(check, entry.tree, path, "default", _written(entry.tree, value, kind), kind)
    if "default" in found and (sentence := misfit(found["default"], {"type": kind, **found}, path)):
        check.wrong(path, entry.tree.place, sentence, "out_of_range")
    return found


def _enum(check: FileCheck, tree: Tree, path: str, kind: str) -> dict[str, Any]:
    if not isinstance(tree, Items) or not tree.items:
        check.wrong(path, tree.place, f"{path} must be a list of values")
        return {}
    values: list[Any] = []
    for number, item in enumerate(tree.items):
        value = check.scalar(item, f"{path}[{number}]")
        one = _typed(check, item, f"{path}[{number}]", "one", _written(item, value, kind), kind)
        values += one.values()
    return {"enum": values}


def _written(tree: Tree, value: Any, kind: str) -> Any:
    """`version: 1.10` as text is what was written."""
    if kind == "string" and isinstance(tree, Scalar) and not isinstance(value, str) and tree.raw:
        return tree.raw
    return value


def _typed(check: FileCheck, tree: Tree, path: str, name: str, value: Any, kind: str) -> dict[str, Any]:
    sentence = misfit(value, {"type": kind}, path)
    if sentence:
        check.wrong(path, tree.place, sentence)
        return {}
    return {name: as_type(value, kind)}

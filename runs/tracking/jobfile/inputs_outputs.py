"""The inputs and outputs of a command job. What they name in the workspace is looked up when the job is checked or submitted."""

import re

from registry.data import names, uris
from runs.tracking.jobfile import places
from runs.tracking.jobfile.command import DATA_TYPES, InputSpec, OutputSpec
from runs.tracking.jobfile.reader import Entry, Scalar, Table, Tree
from runs.tracking.jobfile.values import Check
from studio.errors import Invalid

LITERAL_TYPES = ("string", "number", "integer", "boolean")
INPUT_MODES = ("ro_mount", "rw_mount", "download", "direct", "eval_mount", "eval_download")
OUTPUT_MODES = ("rw_mount", "mount", "upload", "direct")
INPUT_FIELDS = ("type", "path", "mode", "value", "default", "description", "optional", "datastore", "path_on_compute")
OUTPUT_FIELDS = ("type", "mode", "path", "name", "version", "description")
REGISTERED_TYPES = ("uri_file", "uri_folder", "mltable")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,249}\Z")
MAX_LITERAL = 6000
MAX_PATH = 4000


def read_inputs(check: Check, tree: Tree, path: str) -> dict[str, InputSpec]:
    found = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        if not NAME.match(name):
            check.wrong(below, entry.place, f"{name[:60]!r} can't name an input: use letters, digits and '_'")
            continue
        found[name] = _input(check, entry.tree, below)
    return found


def read_outputs(check: Check, tree: Tree, path: str) -> dict[str, OutputSpec]:
    found = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        if not NAME.match(name):
            check.wrong(below, entry.place, f"{name[:60]!r} can't name an output: use letters, digits and '_'")
            continue
        found[name] = _output(check, entry.tree, below)
    return found


def _input(check: Check, tree: Tree, path: str) -> InputSpec:
    if isinstance(tree, Table):
        return _described_input(check, tree, path)
    value = check.scalar(tree, path)
    if isinstance(value, str):
        value = check.text(tree, path, limit=MAX_LITERAL)
        if uris.is_reference(value):
            # A bare address is data, not text; one of this workspace says by itself whether it is a file.
            kind = "" if value.lower().startswith(("azureml:", "/")) else "uri_file"
            return InputSpec(kind, path=_data_path(check, tree, path, path, value))
    return InputSpec(_type_of(value), value=value)


def _described_input(check: Check, table: Table, path: str) -> InputSpec:
    entries = check.known(check.entries(table, path), path, INPUT_FIELDS)
    kind = ""
    if "type" in entries:
        kind = check.choice(entries["type"].tree, f"{path}.type", (*sorted(DATA_TYPES), *LITERAL_TYPES))
    elif "value" in entries or "default" in entries:
        kind = "string"
    mode = check.choice(entries["mode"].tree, f"{path}.mode", INPUT_MODES) if "mode" in entries else ""
    if kind in LITERAL_TYPES:
        return _typed_literal(check, table, path, kind)
    if "path" not in entries:
        check.wrong(path, table.place, f"{path} is data without a path: give the file, folder, asset or https address")
        return InputSpec(kind or "uri_folder")
    tree = entries["path"].tree
    given = check.text(tree, f"{path}.path", limit=MAX_PATH)
    found = _data_path(check, tree, path, f"{path}.path", given)
    if not kind and not found.lower().startswith("azureml:"):
        kind = "uri_folder"
    return InputSpec(kind, path=found, mode=mode)


def _typed_literal(check: Check, table: Table, path: str, kind: str) -> InputSpec:
    entry = table.entries.get("value") or table.entries.get("default")
    value = check.scalar(entry.tree, path) if entry else None
    if entry is not None and value is not None and not _is_of(value, kind):
        check.wrong(
            path, entry.tree.place, f"{path} must be {'an' if kind == 'integer' else 'a'} {kind}, not {value!r:.60}"
        )
    return InputSpec(kind, value=value)


def _is_of(value: object, kind: str) -> bool:
    if kind == "string":
        return True
    if isinstance(value, bool) or kind == "boolean":
        return isinstance(value, bool) and kind == "boolean"
    return isinstance(value, int) or (kind == "number" and isinstance(value, float))


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "string"


def _data_path(check: Check, tree: Tree, name: str, path: str, given: str) -> str:
    """The path as it is given. A reference is judged by its form, and its place kept for who looks it up."""
    check.places[name] = tree.place
    if not uris.is_reference(given):
        return places.local(check, tree, path, given, "give a path next to the job file, data of the studio or https")
    try:
        uris.parse(given)
    except Invalid as error:
        check.wrong(path, tree.place, error.message)
    return given


def _output(check: Check, tree: Tree, path: str) -> OutputSpec:
    if isinstance(tree, Scalar) and tree.value is None:
        return OutputSpec()  # null: a folder at the default place
    fields = check.known(check.entries(tree, path), path, OUTPUT_FIELDS)
    kind = check.choice(fields["type"].tree, f"{path}.type", sorted(DATA_TYPES)) if "type" in fields else ""
    mode = check.choice(fields["mode"].tree, f"{path}.mode", OUTPUT_MODES) if "mode" in fields else ""
    words = {name: _word(check, fields, path, name) for name in ("path", "name", "version", "description")}
    found = OutputSpec(type=kind or "uri_folder", mode=mode or "rw_mount", **words)
    _judge_output(check, fields, path, found)
    return found


def _word(check: Check, fields: dict[str, Entry], path: str, name: str) -> str:
    return check.text(fields[name].tree, f"{path}.{name}", limit=MAX_PATH) if name in fields else ""


def _judge_output(check: Check, fields: dict[str, Entry], path: str, spec: OutputSpec) -> None:
    for name in ("path", "name"):
        if name in fields:
            check.places[path] = fields[name].tree.place
    if spec.name and spec.type not in REGISTERED_TYPES:
        kinds = ", ".join(REGISTERED_TYPES)
        check.wrong(f"{path}.type", fields["name"].tree.place, f"an output of the type {spec.type} can't become a data asset; those are {kinds}")  # fmt: skip
    if spec.version and not spec.name:
        check.wrong(f"{path}.version", fields["version"].tree.place, f"{path} has a version and no name")
    judges = {"name": names.asset_name, "version": names.version_name, "path": place_of_output}
    for name, judge in judges.items():
        value = getattr(spec, name)
        try:
            judge(value) if value else None
        except Invalid as error:
            check.wrong(f"{path}.{name}", fields[name].tree.place, error.message)


def place_of_output(given: str) -> None:
    """Raises Invalid for a path that is no place of a datastore."""
    named = uris.parse(places.filled(given, run="x", output="x", datastore="x"))
    if not isinstance(named, uris.DatastorePath):
        raise Invalid(
            "bad_data_uri", f"An output is written to a datastore: azureml://datastores/NAME/paths/PATH, not {given[:80]!r}."
        )  # fmt: skip

"""The nodes of a pipeline: steps with a component or a command of their own, nested pipelines, control."""

import re
from typing import Any

from registry.data import uris
from runs.components.files import bindings, control, interface, node_fields
from runs.components.files.checking import MAX_NESTED, FileCheck
from runs.tracking.jobfile import fields as job_fields
from runs.tracking.jobfile.inputs_outputs import INPUT_MODES, LITERAL_TYPES
from runs.tracking.jobfile.problems import did_you_mean
from runs.tracking.jobfile.reader import Entry, Items, Scalar, Table, Tree

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,254}\Z")
TYPES = ("command", "pipeline", *control.TYPES)
UNSUPPORTED = ("sweep", "parallel", "spark", "automl", "import", "data_transfer", "finetuning", "distillation")
COMMON = (
    "$schema", "type", "component", "inputs", "outputs", "compute", "display_name", "name", "comment", "description",
    "tags", "properties", "environment", "environment_variables", "resources", "limits", "retry_settings",
    "distribution", "identity", "services", "queue_settings", "is_deterministic", "experiment_name",
)  # fmt: skip
OF_COMMAND = (*COMMON, "command", "code")
OF_PIPELINE = (*COMMON, "jobs", "settings")
NOTED = ("identity", "services", "queue_settings")
GIVEN_FIELDS = ("type", "path", "mode", "value", "default", "path_on_compute", "datastore", "description", "optional")


def read_jobs(check: FileCheck, tree: Tree, path: str, depth: int = 0) -> dict[str, dict[str, Any]]:
    """`{name: node}` in normal form; what can't be read is left out, with its problem."""
    found: dict[str, dict[str, Any]] = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        check.at(below, entry.place)
        if not NAME.match(name):
            sentence = f"{name[:60]!r} can't name a node: use letters, digits, '_' and '-', a letter first"
            check.wrong(below, entry.place, sentence, "bad_name")
        elif not isinstance(entry.tree, Table):
            check.wrong(below, entry.tree.place, f"the node {name} must be a mapping with a component or a command")
        elif (kind := _type(check, entry.tree, below)) is not None:
            found[name] = _node(check, entry.tree, below, kind, depth)
    return found


def _type(check: FileCheck, table: Table, path: str) -> str | None:
    """The node's type; without one it is what its fields say."""
    entry = table.entries.get("type")
    given = str(check.scalar(entry.tree, f"{path}.type") or "") if entry else ""
    if not given:
        if "jobs" in table.entries:
            return "pipeline"
        fields = {"true_block": "if_else", "false_block": "if_else", "mapping": "do_while", "items": "parallel_for"}
        return next((kind for field, kind in fields.items() if field in table.entries), "command")
    plain = re.sub(r"[\s_-]+", "", given).casefold()
    known = {re.sub("_", "", one): one for one in (*TYPES, *UNSUPPORTED)}
    kind = known.get(plain)
    place = entry.tree.place if entry else table.place
    if kind is None:
        guess = did_you_mean(given, TYPES)
        check.wrong(f"{path}.type", place, f"there is no node of the type {given[:40]!r}.{guess}")
        return None
    if kind in UNSUPPORTED:
        shown = ", ".join(TYPES)
        sentence = f"this version runs no {kind} nodes in a pipeline; it knows {shown}"
        check.wrong(f"{path}.type", place, sentence, "unsupported_type")
        return None
    return kind


def _node(check: FileCheck, table: Table, path: str, kind: str, depth: int) -> dict[str, Any]:
    if kind in control.TYPES:
        return control.read(check, table, path, kind)
    has_component = "component" in table.entries and not node_fields.is_empty(table.entries["component"].tree)
    names = COMMON if has_component else OF_PIPELINE if kind == "pipeline" else OF_COMMAND
    fields = check.known(table.entries, path, names)
    found = _start(check, fields, path, kind, has_component, depth)
    found["compute"] = ""
    found["comment"] = ""
    found |= _settings(check, fields, path)
    if not has_component and kind == "command":
        found |= _command(check, table, fields, path)
    found["inputs"] = given_inputs(check, fields["inputs"].tree, f"{path}.inputs") if "inputs" in fields else {}
    found["outputs"] = given_outputs(check, fields["outputs"].tree, f"{path}.outputs") if "outputs" in fields else {}
    if not has_component and kind == "pipeline":
        found["component"] = _own_pipeline(check, table, fields, path, found, depth)
    elif not has_component:
        typed = found["outputs"].items()
        found["outputs"] = {name: _declared(one) for name, one in typed}
    return found


def _start(
    check: FileCheck, fields: dict[str, Entry], path: str, kind: str, has_component: bool, depth: int
) -> dict[str, Any]:
    """Type and component; an inline component says itself of which type the node is."""
    if not has_component:
        return {"type": kind}
    component = read_component(check, fields["component"].tree, f"{path}.component", depth)
    if isinstance(component, dict):
        kind = component["type"]
    return {"type": kind, "component": component}


def read_component(check: FileCheck, tree: Tree, path: str, depth: int) -> Any:
    """A reference, or the definition of a component that stands in the file or in a file beside it."""
    from runs.components.files import (
        component as component_files,  # a component may hold a pipeline: they need each other
    )

    if depth >= MAX_NESTED:
        check.wrong(path, tree.place, f"pipelines are nested deeper than {MAX_NESTED} levels")
        return ""
    if isinstance(tree, Table):
        return component_files.definition(check, tree, path, depth + 1, is_inline=True)
    given = check.text(tree, path, limit=1000).strip()
    if given.lower().startswith(("azureml:", "atelier:", "/subscriptions/")):
        return given
    return component_files.from_path(check, tree, path, given, depth + 1)


def _settings(check: FileCheck, fields: dict[str, Entry], path: str) -> dict[str, Any]:
    found: dict[str, Any] = node_fields.texts(check, fields, path, ("display_name", "comment", "description"))
    for name in ("tags", "properties"):
        if name in fields:
            found |= _kept(name, check.texts(fields[name].tree, f"{path}.{name}"))
    if "compute" in fields:
        found["compute"] = node_fields.compute(check, fields["compute"].tree, f"{path}.compute")
        check.at(f"{path}.compute", fields["compute"].tree.place)
    readers = {
        "environment": node_fields.environment,
        "environment_variables": job_fields.variables,
        "resources": node_fields.resources,
        "limits": node_fields.limits,
        "retry_settings": node_fields.retry_settings,
    }
    for name, read in readers.items():
        if name in fields:
            found |= _kept(name, read(check, fields[name].tree, f"{path}.{name}"))
    if "distribution" in fields:
        job_fields.distribution(check, fields["distribution"].tree, f"{path}.distribution")
    if "is_deterministic" in fields and not node_fields.is_empty(fields["is_deterministic"].tree):
        tree = fields["is_deterministic"].tree
        found["is_deterministic"] = interface.boolean(check, tree, f"{path}.is_deterministic")
    for name in NOTED:
        if name in fields and not node_fields.is_empty(fields[name].tree):
            check.notes.append(f"{name} of {path.removeprefix('jobs.')} is not used by this version.")
    return found


def _kept(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value not in (None, "", {}, []) else {}


def _command(check: FileCheck, table: Table, fields: dict[str, Entry], path: str) -> dict[str, Any]:
    command = check.text(fields["command"].tree, f"{path}.command") if "command" in fields else ""
    if not command.strip():
        sentence = "a node needs a component, or a command of its own"
        check.wrong(path, table.place, sentence, "missing_component")
    code = node_fields.code(check, fields["code"].tree, f"{path}.code") if "code" in fields else ""
    return {"command": command, **_kept("code", code)}


def _own_pipeline(
    check: FileCheck, table: Table, fields: dict[str, Entry], path: str, node: dict[str, Any], depth: int
) -> dict[str, Any]:
    """A nested pipeline that stands in the node itself: its declarations are what the node binds."""
    jobs: dict[str, Any] = {}
    if "jobs" not in fields:
        check.wrong(path, table.place, "a node of the type pipeline needs a component or jobs", "missing_component")
    elif depth >= MAX_NESTED:
        check.wrong(path, table.place, f"pipelines are nested deeper than {MAX_NESTED} levels")
    else:
        jobs = read_jobs(check, fields["jobs"].tree, f"{path}.component.jobs", depth + 1)
    inputs = {name: _declaration_of(value) for name, value in node["inputs"].items()}
    outputs = {name: {"type": "uri_folder"} for name in node["outputs"]}
    return {"type": "pipeline", "is_deterministic": True, "inputs": inputs, "outputs": outputs, "jobs": jobs}


def _declaration_of(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"type": value.get("type", "uri_folder")}
    return {"type": "uri_folder"} if bindings.is_bound(value) else {"type": interface.literal_type(value)}


def _declared(one: Any) -> Any:
    """An output of a command without a component declares itself."""
    return one if isinstance(one, str) else {"type": "uri_folder", **one}


def given_inputs(check: FileCheck, tree: Tree, path: str) -> dict[str, Any]:
    """`{name: binding, literal or {"path", "type", "mode"}}`; what is null is not given."""
    found = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        check.at(below, entry.tree.place)
        if not interface.NAME.match(name):
            sentence = f"{name[:60]!r} can't name an input: use letters, digits and '_'"
            check.wrong(below, entry.place, sentence, "bad_name")
            continue
        value = _given(check, entry.tree, below, name)
        if value is not None:
            found[name] = value
    return found


def _given(check: FileCheck, tree: Tree, path: str, name: str) -> Any:
    if isinstance(tree, Items):
        return [_item(check, item, f"{path}[{number}]") for number, item in enumerate(tree.items)]
    if isinstance(tree, Scalar):
        value = interface.finite(check, check.scalar(tree, path), tree.place, path)
        return bindings.normal(check.text(tree, path)) if isinstance(value, str) else value
    fields = check.known(tree.entries, path, GIVEN_FIELDS)
    kind = interface.choice(check, fields, path, "type", interface.PORT_TYPES + LITERAL_TYPES)
    value_entry = fields.get("value") or fields.get("default")
    if "path" not in fields and value_entry is not None:
        value = check.scalar(value_entry.tree, path)
        return _as_kind(check, value_entry.tree, path, value, kind)
    if "path" not in fields:
        check.wrong(path, tree.place, f"{path} needs a path, or a value")
        return None
    entry = fields["path"]
    given = check.text(entry.tree, f"{path}.path", limit=interface.MAX_PATH)
    found: dict[str, Any] = {"type": kind} if kind else {}
    if bindings.is_bound(given):
        found["path"] = bindings.normal(given.strip())
    else:
        found["path"] = interface.data_path(check, entry.tree, path, given)
        if not uris.is_reference(given):
            check.needed("input", found["path"], "file" if kind == "uri_file" else "folder", name)
    if mode := interface.choice(check, fields, path, "mode", INPUT_MODES):
        found["mode"] = mode
    return found["path"] if list(found) == ["path"] and bindings.is_bound(found["path"]) else found


def _item(check: FileCheck, tree: Tree, path: str) -> Any:
    value = interface.finite(check, check.scalar(tree, path), tree.place, path)
    return bindings.normal(value) if isinstance(value, str) else value


def _as_kind(check: FileCheck, tree: Tree, path: str, value: Any, kind: str) -> Any:
    if not kind or value is None or bindings.is_bound(value):
        return bindings.normal(value) if isinstance(value, str) else value
    sentence = interface.misfit(value, {"type": kind}, path) if kind in LITERAL_TYPES else ""
    if sentence:
        check.wrong(path, tree.place, sentence)
        return None
    return interface.as_type(value, kind) if kind in LITERAL_TYPES else value


def given_outputs(check: FileCheck, tree: Tree, path: str) -> dict[str, Any]:
    """`{name: "${{parent.outputs.x}}" or {"type", "mode", "path", "name", …}}`."""
    found: dict[str, Any] = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        check.at(below, entry.tree.place)
        if not interface.NAME.match(name):
            sentence = f"{name[:60]!r} can't name an output: use letters, digits and '_'"
            check.wrong(below, entry.place, sentence, "bad_name")
            continue
        value = interface.output(check, entry.tree, below)
        if "path" in value:
            value["path"] = bindings.normal(value["path"])
        found[name] = value["path"] if list(value) == ["path"] and bindings.is_bound(value["path"]) else value
    return found

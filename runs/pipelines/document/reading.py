"""Text or plain data → the document in normal form, with every problem and what has to be sent along."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runs.components.files import bindings, interface, node_fields, nodes, pipeline_settings
from runs.components.files.checking import FileCheck, Shared
from runs.components.files.component import LIMITS
from runs.pipelines.document.problems import Problem, of_file
from runs.tracking.jobfile import overrides as job_overrides
from runs.tracking.jobfile import reader
from runs.tracking.jobfile.needs import Need
from runs.tracking.jobfile.problems import JobFileError, Place
from runs.tracking.jobfile.reader import Entry, Table, Tree

LAYOUT = "atelier.layout"  # the property of the text that holds the places on the canvas
MAX_PLACES = 20_000
FIELDS = (
    "$schema", "type", "name", "version", "display_name", "experiment_name", "description", "tags", "properties",
    "inputs", "outputs", "settings", "jobs", "component", "compute", "layout", "identity", "services", "category",
    "is_deterministic", "queue_settings", "parent_job_name",
)  # fmt: skip
WORDS = ("name", "display_name", "experiment_name", "description")


@dataclass(frozen=True, slots=True)
class Reading:
    """`document` is as good as can be where there are problems; `places` says where its fields stand in the text."""

    document: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    needs: tuple[Need, ...] = ()
    notes: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    file_name: str = ""


def empty() -> dict[str, Any]:
    """A pipeline with nothing in it."""
    return {
        "type": "pipeline",
        **dict.fromkeys(WORDS[1:], ""),
        "tags": {},
        "properties": {},
        "inputs": {},
        "outputs": {},
        "settings": dict(pipeline_settings.DEFAULTS),
        "jobs": {},
        "layout": {},
    }


def is_pipeline(text: str, file_name: str = "job.yml") -> bool:
    """Whether a job file is one of a pipeline, by its type or by its fields. A file that can't be read is none."""
    try:
        table = reader.read(text, file_name, LIMITS)
    except JobFileError:
        return False
    return is_pipeline_object({name: reader.to_plain(entry.tree) for name, entry in table.entries.items()})


def is_pipeline_object(value: Any) -> bool:
    """The same of plain data."""
    if not isinstance(value, Mapping):
        return False
    kind = value.get("type")
    if kind in (None, ""):
        return ("jobs" in value or "component" in value) and "command" not in value
    return re.sub(r"[\s_-]+", "", str(kind)).casefold() == "pipeline"


def read_text(
    text: str,
    file_name: str = "pipeline.yml",
    files: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Reading:
    """The document of a YAML or JSON text. `files` holds the texts of files it names, by their paths from it.

    `needs` of the answer lists what else has to be sent, texts first: with them read again, until nothing is missing.
    """
    try:
        table = reader.read(text, file_name, LIMITS)
        job_overrides.apply(table, overrides or {})
    except JobFileError as error:
        return Reading(empty(), tuple(map(of_file, error.problems)), file_name=file_name)
    return _read(table, files or {}, file_name)


def read_object(value: Any, files: Mapping[str, str] | None = None) -> Reading:
    """The document of plain data, such as a draft; a document in normal form is answered as it is."""
    if not isinstance(value, Mapping):
        return Reading(empty(), (Problem("bad_value", "A pipeline is an object with jobs."),))
    try:
        table = reader.from_plain(value, Place(0, 0))
    except JobFileError as error:
        return Reading(empty(), tuple(map(of_file, error.problems)))
    assert isinstance(table, Table)
    return _read(table, files or {}, "")


def _read(table: Table, files: Mapping[str, str], file_name: str) -> Reading:
    check = FileCheck(Shared(files))
    document = _document(check, table)
    problems = tuple(map(of_file, sorted(check.problems, key=lambda one: (one.place.line, one.place.column))))
    return Reading(document, problems, tuple(check.shared.needs.values()), tuple(check.notes), check.places, file_name)


def _document(check: FileCheck, table: Table) -> dict[str, Any]:
    found = empty()
    if not _is_pipeline(check, table):
        return found
    fields = check.known(table.entries, "", FIELDS)
    found |= node_fields.texts(check, fields, "", WORDS)
    for name in ("tags", "properties"):
        if name in fields:
            found[name] = check.texts(fields[name].tree, name)
    if "inputs" in fields:
        found["inputs"] = interface.read_inputs(check, fields["inputs"].tree, "inputs", of_job=True)
    if "outputs" in fields:
        found["outputs"] = interface.read_outputs(check, fields["outputs"].tree, "outputs")
    if "settings" in fields:
        found["settings"] = pipeline_settings.read(check, fields["settings"].tree, "settings")
    if "compute" in fields and not found["settings"]["default_compute"]:
        compute = node_fields.compute(check, fields["compute"].tree, "compute")
        found["settings"] = {**found["settings"], "default_compute": compute}
        check.at("settings.default_compute", fields["compute"].tree.place)
    for name in ("identity", "services", "queue_settings", "parent_job_name"):
        if name in fields and not node_fields.is_empty(fields[name].tree):
            check.notes.append(f"{name} is not used by this version.")
    _layout(check, fields, found)
    _jobs(check, table, fields, found)
    return found


def _is_pipeline(check: FileCheck, table: Table) -> bool:
    entry = table.entries.get("type")
    given = str(check.scalar(entry.tree, "type") or "") if entry else ""
    if not given or re.sub(r"[\s_-]+", "", given).casefold() == "pipeline":
        return True
    assert entry is not None
    check.wrong("type", entry.tree.place, f"this is a {given[:40]} job and no pipeline; a pipeline has type: pipeline")
    return False


def _jobs(check: FileCheck, table: Table, fields: dict[str, Entry], found: dict[str, Any]) -> None:
    has_component = "component" in fields and not node_fields.is_empty(fields["component"].tree)
    if "jobs" in fields and has_component:
        check.wrong("component", fields["component"].place, "a pipeline has jobs or a component, not both")
    elif "jobs" in fields:
        found["jobs"] = nodes.read_jobs(check, fields["jobs"].tree, "jobs")
    elif has_component:
        _of_component(check, fields["component"].tree, found)
    else:
        check.wrong("jobs", table.place, "a pipeline needs jobs: a mapping of nodes", "no_jobs")


def _of_component(check: FileCheck, tree: Tree, found: dict[str, Any]) -> None:
    """`component: pipeline.yml`: what the component holds is the pipeline, with the inputs that are given."""
    component = nodes.read_component(check, tree, "component", 0)
    if isinstance(component, dict):
        if component["type"] != "pipeline":
            check.wrong("component", tree.place, "a pipeline's component must be a pipeline component", "wrong_type")
            return
        found["jobs"] = component["jobs"]
        found["inputs"] = _given(component["inputs"], found["inputs"])
        found["outputs"] = component["outputs"] | found["outputs"]
        found["display_name"] = found["display_name"] or component.get("display_name", "")
        return
    if component and component.lower().startswith(("azureml:", "atelier:", "/")):
        found["jobs"] = {"pipeline": _one_node(component, found)}


def _given(declared: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """A component's declarations with the values that the job gives."""
    values = {
        name: {key: spec[key] for key in ("default", "path", "mode") if key in spec} for name, spec in given.items()
    }
    new = {name: spec for name, spec in given.items() if name not in declared}
    return {name: spec | values.get(name, {}) for name, spec in declared.items()} | new


def _one_node(component: str, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "pipeline",
        "component": component,
        "compute": "",
        "comment": "",
        "inputs": {name: bindings.parent_input(name) for name in found["inputs"]},
        "outputs": {name: bindings.parent_output(name) for name in found["outputs"]},
    }


def _layout(check: FileCheck, fields: dict[str, Entry], found: dict[str, Any]) -> None:
    """Places on the canvas: the field of a document, or the property of a text."""
    written = found["properties"].pop(LAYOUT, "")
    value: Any = None
    if "layout" in fields:
        value = reader.to_plain(fields["layout"].tree)
    elif written:
        try:
            value = json.loads(written)
        except ValueError:
            value = None
    if value is None:
        return
    if isinstance(value, dict) and len(value) <= MAX_PLACES and all(map(_is_place, value.values())):
        found["layout"] = {str(name)[:500]: list(place) for name, place in value.items()}
        return
    place = (fields.get("layout") or fields["properties"]).place
    check.wrong("layout", place, f"{LAYOUT} must be {{node: [x, y]}} with numbers", "bad_layout")


def _is_place(value: Any) -> bool:
    is_pair = isinstance(value, list | tuple) and len(value) == 2
    return is_pair and all(
        isinstance(one, int | float) and not isinstance(one, bool) and abs(one) < 1e7 for one in value
    )

"""The columns that are known at an input of a node: for the column picker, before anything has run where that can be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.data import uris
from registry.data.assets import placing, queries
from registry.data.datastores import opening
from registry.data.reading import reader, sources
from runs.components import references
from runs.pipelines.document import bindings
from runs.pipelines.engine import queries as engine
from studio.access.models import Workspace
from studio.errors import NotFound, StudioError

KINDS = {"int": "numeric", "float": "numeric", "decimal": "numeric", "boolean": "boolean", "date": "datetime", "datetime": "datetime", "time": "datetime"}  # fmt: skip
# Components whose tables have the columns of the table they are given.
PASSING = {
    "split_data": "dataset", "clean_missing_data": "dataset", "remove_duplicate_rows": "dataset", "clip_values": "dataset",
    "partition_and_sample": "dataset", "normalize_data": "dataset", "edit_metadata": "dataset", "smote": "samples",
    "add_rows": "dataset1", "convert_to_dataset": "dataset", "group_data_into_bins": "dataset",
}  # fmt: skip
DEEPEST = 50
MARKS, MOST_MARKS = "_schema.json", 4_000_000


@dataclass(frozen=True, slots=True)
class Columns:
    """`columns` of {"name", "kind", "role"}; `note` says where they are from, or why none are known."""

    columns: list[dict[str, str]]
    note: str = ""


def at(workspace: Workspace, document: Mapping[str, Any], node: str, port: str) -> Columns:
    """The columns of the table that goes into a port of a node. Raises NotFound for a node that is not there."""
    jobs = document.get("jobs") or {}
    if node not in jobs:
        raise NotFound("not_found", f"The pipeline has no node {node[:80]!r}.")
    try:
        return _given(workspace, document, (jobs[node].get("inputs") or {}).get(port), DEEPEST)
    except StudioError as error:
        return Columns([], error.message)


def _given(workspace: Workspace, document: Mapping[str, Any], value: Any, left: int) -> Columns:
    bound = bindings.of_given(value)
    if bound is None:
        return _data(workspace, value)
    if bound.kind == "parent_input":
        return _data(workspace, (document.get("inputs") or {}).get(bound.name))
    if bound.kind != "output" or left <= 0:
        return Columns([], "The columns are known once the input is connected.")
    place = engine.latest_output(workspace, document, bound.node, bound.name)
    if place is not None and place.uri:
        found = _at_uri(workspace, place.uri)
        if found:
            return Columns(found, f"As {_called(document, bound.node)} left them last.")
    return _through(workspace, document, bound, left - 1)


def _through(workspace: Workspace, document: Mapping[str, Any], bound: bindings.Binding, left: int) -> Columns:
    """The columns of what a component that passes them on was given."""
    node = (document.get("jobs") or {}).get(bound.node) or {}
    component = node.get("component")
    named = references.read(component) if isinstance(component, str) else None
    port = PASSING.get(named.name, "") if named is not None and named.is_own else ""
    if not port or "transform" in bound.name:
        return Columns([], f"The columns are known once {_called(document, bound.node)} has run.")
    return _given(workspace, document, (node.get("inputs") or {}).get(port), left)


def _called(document: Mapping[str, Any], name: str) -> str:
    """A node by its label, where it has one."""
    return str(((document.get("jobs") or {}).get(name) or {}).get("display_name") or name)


def _data(workspace: Workspace, value: Any) -> Columns:
    path = value.get("path") if isinstance(value, Mapping) else value
    if not isinstance(path, str) or not uris.is_reference(path):
        return Columns([], "The columns are known once the input is connected.")
    named = uris.parse(path)
    if isinstance(named, uris.AssetRef):
        return _of_asset(workspace, path)
    if isinstance(named, uris.DatastorePath):
        return Columns(_at_uri(workspace, path), f"Of the data at {named.path}.")
    return Columns([], "The columns of an address outside are known once it has been read.")


def _of_asset(workspace: Workspace, reference: str) -> Columns:
    version = queries.resolve(workspace, reference)
    if version.schema:
        included = [one for one in version.schema if one.get("included", True)]
        return Columns([_column(one) for one in included], f"Of {version}.")
    if version.datastore is None:
        return Columns([], f"{version} has no columns that are known.")
    table = sources.table_at(version.datastore, version.path, version.reading)
    return Columns(_looked(table), f"Of {version}.")


def _at_uri(workspace: Workspace, uri: str) -> list[dict[str, str]]:
    named = uris.parse(uri)
    if not isinstance(named, uris.DatastorePath):
        return []
    datastore = placing.datastore_named(workspace, named.datastore)
    store = opening.file_store(datastore)
    marks: dict[str, Any] = {}
    place = f"{named.path}/{MARKS}".lstrip("/")
    entry = store.stat(place)
    if entry is not None and entry.size < MOST_MARKS:
        try:
            marks = json.loads(b"".join(store.read(place))).get("columns") or {}
        except (ValueError, AttributeError, RecursionError):
            marks = {}
    return _looked(sources.table_at(datastore, named.path), marks)


def _looked(table: Any, marks: Mapping[str, Any] | None = None) -> list[dict[str, str]]:
    return [_column(one, marks) for one in reader.look(table, limit=1)["columns"]]


def _column(found: Mapping[str, Any], marks: Mapping[str, Any] | None = None) -> dict[str, str]:
    name, kind = str(found.get("name", "")), str(found.get("type", ""))
    mark = (marks or {}).get(name)
    mark = mark if isinstance(mark, Mapping) else {}
    shown = "categorical" if mark.get("is_categorical") else KINDS.get(kind, "string")
    return {"name": name, "kind": shown, "role": str(mark.get("role") or "")}

"""The rounds of a parallel_for: what each is given, and what becomes of what all of them left."""

import io
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.db import transaction

from registry.data import uris
from registry.data.assets import files as version_files
from registry.data.assets.models import DataType
from registry.data.datastores import opening
from registry.data.datastores.kinds.base import FileStore
from runs.pipelines.engine import pinning, resolving, values, wires
from runs.pipelines.engine.values import Given
from runs.pipelines.engine.work import Work
from runs.pipelines.models import Step, StepState
from runs.tracking.data.models import OutputFile, RunOutput
from runs.tracking.data.outputs import OWN
from studio.errors import Invalid, NotFound

MOST = 1000
MAX_TEXT = 1024 * 1024
TABLE = "MLTable"
ROUNDS = "rounds"  # in its metadata: what each place is of; components read it
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Round:
    """One round: what it is of, and what it is given, inputs of the body by name."""

    name: str
    inputs: dict[str, Any]


def items_of(work: Work, step: Step) -> list[Round]:
    """The rounds of a loop, in order. Raises StudioError for what can't be gone through."""
    items = step.node.get("items")
    wire = wires.read(items)
    if wire is not None:
        given = resolving.Scope(work, step, {"items": items}).follow(wire)
        if given is None:
            raise Invalid("missing_input", "The items are bound to an input that was not given.")
        items = _listed(work, step, given)
    named = (
        items.items()
        if isinstance(items, Mapping)
        else [("", one) for one in items]
        if isinstance(items, list)
        else None
    )
    if named is None or not all(isinstance(one, Mapping) for _, one in named):
        raise Invalid("bad_control", "The items must be a list or a mapping of what each round is given.")
    if len(named) > MOST:
        raise Invalid("too_large", f"There are {len(named):,} items, and a loop has at most {MOST:,} rounds.")
    return [Round((str(name) or _name_of(one))[:MAX_NAME], dict(one)) for name, one in named]


def _name_of(inputs: Mapping[str, Any]) -> str:
    """What a round without a name is called: by its values, "rate=0.1, depth=3"."""
    plain = {name: values.plain(value) for name, value in inputs.items()}
    return ", ".join(f"{name}={value}" for name, value in plain.items() if isinstance(value, str | bool | int | float))


def _listed(work: Work, step: Step, given: Given) -> Any:
    """The items that came through a wire: JSON as a value or in a file, or the files and folders of a folder."""
    if "value" in given:
        return _json(given["value"])
    text = text_at(work, given)
    if text is not None:
        return _json(text)
    port = _partition_port(work, step)
    return {name: {port: part} for name, part in _parts(work, given).items()}


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Invalid("bad_control", "The items are no JSON: a list of mappings is wanted.") from None


def _partition_port(work: Work, step: Step) -> str:
    """The input of the body that takes a partition: the one wired to the items, or the only data input left open."""
    node = step.node.get("body_node") or {}
    items = wires.read(step.node.get("items"))
    inputs = node.get("inputs") or {}
    for name, value in inputs.items():
        if wires.read(value) == items:
            return str(name)
    component = node.get("component")
    declared = (work.document.get("resolved") or {}).get(component) if isinstance(component, str) else None
    ports = (declared or work.definition_of(node)).get("inputs") or {}
    kinds = {name: spec.get("type") for name, spec in ports.items() if isinstance(spec, Mapping)}
    open_ports = [name for name, kind in kinds.items() if name not in inputs and kind not in values.LITERALS]
    if len(open_ports) != 1:
        raise Invalid(
            "bad_control", "The items are files, and it is not clear which input of the body takes one: wire the items to it."
        )  # fmt: skip
    return str(open_ports[0])


def _parts(work: Work, given: Given) -> dict[str, Given]:
    """The files and folders of a folder by name, as partitions."""
    store, datastore, root = _place(work, given)
    found: dict[str, Given] = {}
    for entry in sorted(store.entries(root), key=lambda one: one.name):
        if entry.name.startswith(("_", ".")) or entry.name == TABLE:
            continue
        uri = str(uris.DatastorePath(datastore, f"{root}/{entry.name}".lstrip("/")))
        known = given.get("hash")
        kind = DataType.FOLDER if entry.is_dir else DataType.FILE
        told = pinning.digest_of([known, entry.name]) if known else ""
        found[entry.name] = {"type": str(kind), "uri": uri, "path": uri, "hash": told, "mode": ""}
    return found


def text_at(work: Work, given: Given) -> str | None:
    """What a small file says; None for a folder with more than one file, and for what is large or no text."""
    store, _, path = _place(work, given)
    entry = store.stat(path) if path else None
    if entry is None or entry.is_dir:
        inside = [one for one in store.entries(path) if not one.name.startswith(("_", "."))]
        if len(inside) != 1 or inside[0].is_dir or not inside[0].name.endswith((".json", ".txt")):
            return None
        entry, path = inside[0], f"{path}/{inside[0].name}".lstrip("/")
    if (entry.size or 0) > MAX_TEXT:
        return None
    try:
        return b"".join(store.read(path)).decode()
    except UnicodeDecodeError:
        return None


def _place(work: Work, given: Given) -> tuple[FileStore, str, str]:
    """Where data lies: the opened datastore, its name and the path."""
    if given.get("version"):
        version = work.version(given["version"])
        if version.datastore is None:
            raise NotFound("not_found", f"{version} lies outside of the studio's datastores.")
        version_files.listing(version)  # raises for one whose files are not known
        return opening.file_store(version.datastore), version.datastore.name, version.path
    named = uris.parse(str(given.get("uri") or ""))
    if not isinstance(named, uris.DatastorePath):
        raise NotFound("not_found", "This data lies outside of the studio's datastores.")
    return opening.file_store(work.datastore_named(named.datastore)), named.datastore, named.path


def gathered(work: Work, step: Step, below: list[Step]) -> dict[str, Given]:
    """The outputs of all rounds: values as one JSON list, data as a table that names every round and its place."""
    found: dict[str, list[tuple[str, Given]]] = defaultdict(list)
    for one in below:
        if one.state == StepState.COMPLETED:
            name = str((one.item or {}).get("name") or one.position)
            for port, given in one.outputs.items():
                found[port].append((name, given))
    return {port: _together(work, step, port, each) for port, each in found.items()}


def _together(work: Work, step: Step, port: str, each: list[tuple[str, Given]]) -> Given:
    if all("value" in one for _, one in each):
        return {"type": "string", "value": json.dumps([one["value"] for _, one in each], ensure_ascii=False)}
    text = _table(each)
    folder = f"{OWN}/{work.run.pk}/{step.path}/{port}"
    opening.file_store(work.datastore).write(f"{folder}/{TABLE}", io.BytesIO(text.encode()), overwrite=True)
    uri = str(uris.DatastorePath(work.datastore.name, folder))
    _keep(work, step, port, folder, uri, text)
    return {"type": "mltable", "uri": uri, "hash": pinning.digest_of([[name, one.get("hash")] for name, one in each])}


def _table(each: list[tuple[str, Given]]) -> str:
    """The file of an MLTable: every round's place, and what each is called."""
    places = [{"file" if values.stored_type(one) == DataType.FILE else "folder": one["uri"]} for _, one in each]
    document = {"type": "mltable", "paths": places, "metadata": {ROUNDS: [name for name, _ in each]}}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _keep(work: Work, step: Step, port: str, folder: str, uri: str, text: str) -> None:
    """The rows that let the file be shown, and be removed with the run."""
    name = f"{step.path}.{port}"[:250]
    with transaction.atomic():
        output, _ = RunOutput.objects.update_or_create(
            run=work.run,
            name=name,
            defaults={
                "type": "mltable", "datastore": work.datastore, "path": folder, "uri": uri, "is_managed": True,
                "state": RunOutput.State.STORED, "size": len(text.encode()), "file_count": 1,
            },
        )  # fmt: skip
        OutputFile.objects.update_or_create(
            output=output,
            path=TABLE,
            defaults={"size": len(text.encode()), "sha256": pinning.digest_of(text), "attempt": 1},
        )

"""Where the outputs of a step go: a place of the run's own, or what the node or the pipeline around it asks for."""

from collections.abc import Mapping
from typing import Any

from registry.data import uris
from runs.pipelines.engine import resolving, values, wires
from runs.pipelines.engine.work import Work
from runs.pipelines.models import Step
from runs.tracking.data.outputs import KeptOutput
from runs.tracking.jobfile import places
from runs.tracking.jobfile.command import DATA_TYPES, OutputSpec
from studio.errors import Invalid

FILE = "uri_file"
FOLDER = "uri_folder"
REGISTERED = ("uri_file", "uri_folder", "mltable")


def specs(work: Work, step: Step, declared: Mapping[str, Mapping[str, Any]]) -> dict[str, OutputSpec]:
    """The outputs that a component declares, each with its place."""
    return {name: _spec(work, step, name, str(spec.get("type") or "")) for name, spec in declared.items()}


def _spec(work: Work, step: Step, name: str, kind: str) -> OutputSpec:
    """A value is written as text into a file, which is read when the step has ended."""
    asked = asked_for(work, step, name)
    kind = kind or str(asked.get("type") or "")
    kind = FILE if kind in values.LITERALS else kind if kind in DATA_TYPES else FOLDER
    ending = f"/{name}" if kind == FILE else ""
    own = f"azureml://datastores/{work.datastore.name}/paths/azureml/${{{{name}}}}/{name}{ending}"
    path = str(asked.get("path") or "")
    in_round = step.parent is not None and step.parent.kind in resolving.LOOPS
    asset = str(asked.get("name") or "") if kind in REGISTERED else ""
    if path and (in_round or wires.read(path)):
        path = ""  # the rounds of a loop would write over each other
    return OutputSpec(
        type=kind,
        mode=str(asked.get("mode") or "rw_mount"),
        path=path or ("" if asset and not work.settings.get("default_datastore") else own),
        name=asset,
        version="" if in_round else str(asked.get("version") or ""),
        description=str(asked.get("description") or "") if asset else "",
    )


def asked_for(work: Work, step: Step | None, name: str) -> Mapping[str, Any]:
    """What is said about an output: at the node, or at the output of the pipeline that it is bound to."""
    if step is None:
        return _mapping((work.document.get("outputs") or {}).get(name))
    value = (step.node.get("outputs") or {}).get(name)
    wire = wires.read(value)
    if wire is not None and wire.kind == "result":
        above = asked_for(work, resolving.holder_of(step), wire.name)
        return {**above, **{key: one for key, one in _mapping(value).items() if key not in ("path", "type")}}
    return {} if wire is not None else _mapping(value)


def kept(work: Work, outputs: Mapping[str, OutputSpec]) -> dict[str, KeptOutput]:
    """The outputs with the datastores they are written to. Raises StudioError for one that can't take them."""
    found = {}
    for name, spec in outputs.items():
        datastore = work.datastore
        if spec.path:
            named = uris.parse(places.filled(spec.path, run="run", output=name, datastore=datastore.name))
            if not isinstance(named, uris.DatastorePath):
                raise Invalid("bad_data_uri", f"The output {name} is to be written to {spec.path[:100]!r}, which is no place of a datastore.")  # fmt: skip
            if named.datastore != datastore.name:
                datastore = work.datastore_named(named.datastore)
        if datastore.is_read_only or datastore.is_sql:
            raise Invalid("datastore_read_only", f"The datastore {datastore.name} takes no files, so the output {name} can't be written there.")  # fmt: skip
        found[name] = KeptOutput(spec, datastore)
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

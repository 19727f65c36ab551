"""A dataflow as a run: its recipe is the run's code, its data the inputs, the result a version of a data asset."""

import io
import json
import shlex
import zipfile
from dataclasses import dataclass
from typing import Any

from registry.data import names
from registry.data.assets.models import DataType, DataVersion
from registry.data.dataflows import recipes
from registry.data.dataflows.models import DataflowVersion
from registry.data.explore import tables
from runs.tracking.models import Run, Snapshot
from runs.tracking.services import snapshots, submit
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.storage import folders

EXPERIMENT = "dataflows"
TAG = "dataflow"
NARROWED = ("where", "sample", "skip", "take")
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Read:
    """Data the recipe names, by the input it becomes."""

    input: str
    reference: str
    version: DataVersion


def run_flow(*, actor: User, workspace: Workspace, version: DataflowVersion, output: str, compute: str = "") -> Run:
    """A run that carries the version out over everything and registers what it makes as a version of `output`.

    Raises Invalid for a name that can't be, Conflict while its data is being read or when `output` holds another type.
    """
    names.asset_name(output)
    recipe = recipes.read(version.recipe)
    references = [recipe.source, *recipes.others_of(recipe)]
    reads = [
        _Read("source" if at == 0 else f"other_{at}", reference, recipes.source_of(workspace, reference))
        for at, reference in enumerate(dict.fromkeys(references))
    ]
    files = {"recipe.json": version.recipe, "tables.json": {one.reference: _described(one.version) for one in reads}}
    snapshot = _kept(actor, workspace, files)
    job = _job(version, reads, output, compute)
    text = json.dumps(job, ensure_ascii=False)
    run = submit.submit_file(
        actor=actor,
        workspace=workspace,
        file_name="dataflow.yml",
        text=text,
        snapshot=snapshot.digest,
        source="dataflow",
    )
    lineage.link(
        workspace=workspace, source=Thing("dataflow_version", str(version.pk)), target=Thing("run", run.pk), verb="ran_as"
    )  # fmt: skip
    return run


def _job(version: DataflowVersion, reads: list[_Read], output: str, compute: str) -> dict[str, Any]:
    """The job file of it: everything it says is in the run's record too."""
    others = [
        f" --other {shlex.quote(one.reference)} ${{{{inputs.{one.input}}}}}" for one in reads if one.input != "source"
    ]
    command = "python -m atelier.dataflow run recipe.json --tables tables.json --input ${{inputs.source}}"
    label = f"{version.flow.name}:{version.number}"
    job = {
        "type": "command",
        "command": f"{command} --output ${{{{outputs.result}}}}{''.join(others)}",
        "code": ".",
        "display_name": label,
        "experiment_name": EXPERIMENT,
        "tags": {TAG: label},
        "inputs": {
            one.input: {"type": one.version.asset.type, "path": one.version.reference, "mode": "ro_mount"}
            for one in reads
        },
        "outputs": {"result": {"type": DataType.FOLDER.value, "name": output}},
    }
    return {**job, "compute": compute} if compute else job


def _described(version: DataVersion) -> dict[str, Any]:
    """How its files are read as a table, as the preview reads them."""
    table = tables.table_of(version, may_wait=True)
    narrowed = [word for word in NARROWED if table.reading.get(word)]
    if narrowed:
        raise Conflict(
            "dataflow_not_runnable",
            f"{version} is narrowed by its MLTable ({', '.join(narrowed)}), which a run of a dataflow does not follow.",
            hint="Make it a step of the dataflow instead.",
        )
    return {"format": table.format, "reading": table.reading, "columns": list(table.columns)}


def _kept(actor: User, workspace: Workspace, files: dict[str, Any]) -> Snapshot:
    """The files as a code folder: the same recipe is kept once."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), text.encode())
    packed.seek(0)
    digest = snapshots.digest_of(folders.read_manifest(packed))
    packed.seek(0)
    return snapshots.store_snapshot(actor=actor, workspace=workspace, digest=digest, stream=packed)

"""The outputs of a job that have a place in a datastore or become data assets: where they will lie, and their rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.data import uris
from registry.data.assets import queries
from registry.data.assets.models import DataType, DataVersion
from registry.data.datastores import services as datastores
from registry.data.datastores.models import Datastore
from runs.tracking.data import finding
from runs.tracking.data.finding import Found
from runs.tracking.data.models import RunOutput
from runs.tracking.jobfile import places
from runs.tracking.jobfile.command import CommandJob, OutputSpec
from runs.tracking.models import Run
from studio import rows
from studio.access.models import Workspace
from studio.errors import Conflict, Invalid

OWN = "azureml"  # below the default datastore: azureml/<run>/<output>, as Azure has it


@dataclass(frozen=True, slots=True)
class KeptOutput:
    spec: OutputSpec
    datastore: Datastore


@dataclass(frozen=True, slots=True)
class JobData:
    """A job whose inputs know their types, with what it reads and where it writes."""

    job: CommandJob
    inputs: dict[str, Found]
    outputs: dict[str, KeptOutput]


def find_data(*, workspace: Workspace, job: CommandJob, known: Mapping[str, Found] | None = None) -> JobData:
    """The data that a job names; `known` is what an earlier run read. Raises JobFileError with each that can't be meant."""
    found = dict(known or {})
    found |= finding.find_inputs(workspace=workspace, job=job, without=found)
    job = finding.with_types(job, found)
    return JobData(job, found, find_outputs(workspace=workspace, job=job))


def find_outputs(*, workspace: Workspace, job: CommandJob) -> dict[str, KeptOutput]:
    """Where the outputs with a place or a name go. Raises JobFileError with each that can't be kept so."""
    wanted = {name: spec for name, spec in job.outputs.items() if spec.is_data}
    return finding.each(job, "outputs", wanted, lambda spec: _found(workspace, spec))


def write_outputs(each: Iterable[tuple[Run, Mapping[str, KeptOutput]]]) -> None:
    """The rows of the outputs of runs, in the transaction that makes them."""
    rows.insert([_row(run, name, one) for run, kept in each for name, one in kept.items()])


def _found(workspace: Workspace, spec: OutputSpec) -> KeptOutput:
    datastore = datastores.ensure_default(workspace)
    if spec.path:
        named = _named(spec, "run", "output", datastore.name)
        datastore = finding.datastore_of_files(workspace, named.datastore)
    if datastore.is_read_only:
        raise Invalid(
            "datastore_read_only", f"the datastore {datastore.name} is read-only, so nothing can be written there."
        )
    if spec.name:
        _require_free(workspace, spec)
    return KeptOutput(spec, datastore)


def _named(spec: OutputSpec, run: str, output: str, default: str) -> uris.DatastorePath:
    named = uris.parse(places.filled(spec.path, run=run, output=output, datastore=default))
    assert isinstance(named, uris.DatastorePath)  # the parser has seen to it
    return named


def _require_free(workspace: Workspace, spec: OutputSpec) -> None:
    """Told before hours of work: an asset of another type, a version that exists."""
    asset = queries.asset_named(workspace, spec.name)
    if asset is None:
        return
    if asset.type != spec.type:
        raise Conflict(
            "data_type_differs", f"{asset.name} is of the type {asset.type}, and all its versions are, not {spec.type}."
        )
    if spec.version and DataVersion.objects.filter(asset=asset, version=spec.version).exists():
        raise Conflict(
            "data_version_exists", f"{asset.name} has a version {spec.version} already, and versions never change."
        )


def _row(run: Run, name: str, kept: KeptOutput) -> RunOutput:
    spec, datastore = kept.spec, kept.datastore
    path = own = f"{OWN}/{run.pk}/{name}"
    if spec.path:
        path = _named(spec, run.pk, name, datastore.name).path
    if spec.type == DataType.FILE and (not spec.path or not path or spec.path.endswith("/")):
        path = f"{path}/{name}".lstrip("/")
    return RunOutput(
        run=run,
        name=name,
        type=spec.type,
        datastore=datastore,
        path=path,
        uri=str(uris.DatastorePath(datastore.name, path)),
        asset_name=spec.name,
        asset_version=spec.version,
        description=spec.description,
        is_managed=path in (own, f"{own}/{name}"),
    )

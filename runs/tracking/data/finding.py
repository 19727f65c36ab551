"""What the references of a job mean in its workspace: found when it is checked and submitted, with the place of what is wrong."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from registry.data import uris
from registry.data.addresses import queries as addresses
from registry.data.assets import files, placing, queries
from registry.data.assets.models import DataAsset, DataType, DataVersion
from registry.data.datastores import opening
from registry.data.datastores.models import Datastore
from runs.tracking.jobfile.command import CommandJob, InputSpec
from runs.tracking.jobfile.problems import JobFileError, Place, Problem, did_you_mean
from studio.access.models import Workspace
from studio.errors import Conflict, Invalid, NotFound

MOST_GUESSED = 1000
MLTABLE = "MLTable"
Spec = TypeVar("Spec")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Found:
    """What an input reads: a version, or the place or address `uri` when it is none."""

    type: str
    uri: str
    version: DataVersion | None = None


def find_inputs(*, workspace: Workspace, job: CommandJob, without: Container[str] = ()) -> dict[str, Found]:
    """The data that the references among the inputs mean. Raises JobFileError with each that means nothing."""
    wanted = {
        name: spec for name, spec in job.inputs.items() if spec.is_data and spec.is_reference and name not in without
    }
    return each(job, "inputs", wanted, lambda spec: find_one(workspace, spec))


def with_types(job: CommandJob, found: Mapping[str, Found]) -> CommandJob:
    """The job, whose inputs know their types."""
    inputs = {
        name: replace(spec, type=found[name].type) if name in found else spec for name, spec in job.inputs.items()
    }
    return replace(job, inputs=inputs)


def each(job: CommandJob, section: str, specs: Mapping[str, Spec], find: Callable[[Spec], Result]) -> dict[str, Result]:
    """What `find` answers for each. Raises JobFileError with the places of those for which it raises."""
    found: dict[str, Result] = {}
    problems = []
    for name, spec in specs.items():
        path = f"{section}.{name}"
        try:
            found[name] = find(spec)
        except (Invalid, NotFound, Conflict) as error:
            problems.append(Problem(path, job.places.get(path, Place(0, 0)), f"{path}: {error.message}"))
    if problems:
        raise JobFileError(job.file_name, problems)
    return found


def find_one(workspace: Workspace, spec: InputSpec) -> Found:
    """What one reference means. Raises Invalid, NotFound, Conflict with the reason."""
    named = uris.parse(spec.path)
    if isinstance(named, uris.Web):
        named = uris.parse(addresses.translate(named.url))
    if isinstance(named, uris.AssetRef):
        return _version(workspace, spec, named)
    if isinstance(named, uris.DatastorePath):
        return _place(workspace, spec, named)
    if named.scheme not in uris.WEB_SCHEMES:
        raise Invalid(
            "bad_data_uri", f"no rule says where {named.scheme}://… is kept here: register the storage as a datastore, or ask an administrator for an address rule."
        )  # fmt: skip
    return Found(spec.type or DataType.FILE, named.url)


def _version(workspace: Workspace, spec: InputSpec, named: uris.AssetRef) -> Found:
    asset = queries.asset_named(workspace, named.name)
    if asset is None:
        known = DataAsset.objects.filter(workspace=workspace).values_list("name", flat=True)[:MOST_GUESSED]
        guess = did_you_mean(named.name, known)
        raise NotFound("not_found", f"there is no data asset {named.name[:80]!r} in this workspace.{guess}")
    version = _version_at(asset, named)
    queries.require_ready(version)
    return Found(_type_of_version(spec, version), version.reference, version)


def _version_at(asset: DataAsset, named: uris.AssetRef) -> DataVersion:
    try:
        return queries.version_at(asset, named.version or named.label)
    except NotFound as error:
        known = queries.versions_of(asset).values_list("version", flat=True)[:MOST_GUESSED]
        raise NotFound("not_found", error.message + did_you_mean(named.version, known)) from None


def _type_of_version(spec: InputSpec, version: DataVersion) -> str:
    own = version.asset.type
    if spec.type in ("", own):
        return own
    if (spec.type == DataType.FILE) != (own == DataType.FILE):
        raise Invalid("data_type_differs", f"{version} is of the type {own}, not {spec.type}.")
    if spec.type == DataType.TABLE and all(file.path != MLTABLE for file in files.listing(version)):
        raise Invalid(
            "data_type_differs", f"{version} is a folder without a file named {MLTABLE}, so it is no mltable."
        )
    return spec.type


def _place(workspace: Workspace, spec: InputSpec, named: uris.DatastorePath) -> Found:
    datastore = datastore_of_files(workspace, named.datastore)
    entry = opening.file_store(datastore).stat(named.path) if named.path else None
    if named.path and entry is None:
        raise NotFound("file_missing", f"there is nothing at {named.path[:200]!r} in the datastore {datastore.name}.")
    is_file = entry is not None and not entry.is_dir
    kind = spec.type or (DataType.FILE if is_file else DataType.FOLDER)
    if is_file != (kind == DataType.FILE):
        what = "a file" if is_file else "a folder"
        raise Invalid("data_type_differs", f"{named.path or '/'} in {datastore.name} is {what}, so it is no {kind}.")
    return Found(kind, str(uris.DatastorePath(datastore.name, named.path)))


def datastore_of_files(workspace: Workspace, name: str) -> Datastore:
    """A datastore that holds files. Raises NotFound with a guess, Invalid for a database."""
    try:
        datastore = placing.datastore_named(workspace, name)
    except NotFound as error:
        known = Datastore.objects.filter(workspace=workspace).values_list("name", flat=True)[:MOST_GUESSED]
        raise NotFound("not_found", error.message + did_you_mean(name, known)) from None
    if datastore.is_sql:
        raise Invalid("datastore_is_sql", f"The datastore {datastore.name} is a database: it has tables, no files.")
    return datastore

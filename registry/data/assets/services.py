"""Data assets and versions: registered, described, archived, deleted."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from registry.data import names
from registry.data.assets import listeners, manifest, placing, queries, state, tasks, telling, uses
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataAsset, DataType, DataVersion, ManagedFolder
from registry.data.datastores import services as datastores
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, NotFound
from studio.lineage import services as lineage
from studio.lineage.things import Thing

State = DataVersion.State


@dataclass(frozen=True, slots=True)
class Query:
    """A question to a SQL datastore, whose answer becomes the version's file."""

    datastore: str
    text: str


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What a version is made of: exactly one of `path`, `folder` and `query`.

    `path` is a reference (`azureml://datastores/…`, `azureml:other:2`, `https://…`), `folder` a managed folder that the files
    were uploaded to (`prepare_folder`). With `files` (what they are is known already) the version is ready at once.
    """

    name: str
    type: str = DataType.FOLDER
    path: str = ""
    folder: str = ""
    query: Query | None = None
    version: str = ""
    description: str = ""
    tags: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    schema: Sequence[Mapping[str, Any]] | None = None
    mltable: str = ""
    run_id: str = ""
    files: Sequence[DataFile] | None = None
    row_count: int | None = None


def prepare_folder(*, actor: User | None, workspace: Workspace, name: str) -> ManagedFolder:
    """A fresh folder of the default datastore for the files of a version of `name` to be.

    Upload into it, then `register` with `folder`. One that is never registered is emptied after a few days.
    """
    names.asset_name(name)
    datastore = datastores.ensure_default(workspace)
    path = f"data/{name}/{secrets.token_hex(8)}"
    return ManagedFolder.objects.create(datastore=datastore, path=path, created_by=actor)


def register(*, actor: User | None, workspace: Workspace, new: NewVersion) -> DataVersion:
    """The next version of the asset of this name, which is made when it is new: pending until its files were read.

    Raises Conflict when the version's name is taken or the asset holds another type, NotFound for a place that is not
    there, Invalid.
    """
    checked = _checked(new)
    place = placing.place(workspace, new)
    with transaction.atomic():
        asset = _ensure_asset(actor, workspace, new)
        number = _next_number(asset)
        version = _create(actor, asset, number, new, {**checked, **place.columns})
        if place.folder is not None:
            _claim_folder(place.folder, version)
        telling.note_version(actor=actor, version=version, verb="registered")
        if version.state == State.PENDING:
            tasks.settle.delay_on_commit(version.pk)
        else:
            listeners.tell(version)
    return version


def settle(*, version_id: int) -> DataVersion:
    """Read a pending version's files here and now, whatever it takes; answers it ready or failed."""
    from registry.data.assets import engine

    while engine.step(version_id):
        pass
    return queries.with_parts(DataVersion.objects.all()).get(pk=version_id)


def settle_again(*, actor: User | None, version: DataVersion) -> DataVersion:
    """Another try for a version whose files could not be read. Raises Conflict when it has not failed."""
    with transaction.atomic():
        state.move(version, to=State.PENDING, problem="", attempts=0)
        telling.note_version(actor=actor, version=version, verb="tried_again")
        tasks.settle.delay_on_commit(version.pk)
    return version


def edit_asset(
    *,
    actor: User | None,
    asset: DataAsset,
    description: str | None = None,
    tags: Mapping[str, str | None] | None = None,
) -> DataAsset:
    """Other words and tags; a tag of None is removed."""
    _describe(asset, description, tags)
    asset.updated_at = timezone.now()
    with transaction.atomic():
        asset.save(update_fields=["description", "tags", "updated_at"])
        telling.note_asset(actor=actor, asset=asset, verb="edited")
    return asset


def edit_version(
    *,
    actor: User | None,
    version: DataVersion,
    description: str | None = None,
    tags: Mapping[str, str | None] | None = None,
) -> DataVersion:
    """Other words and tags: nothing else of a version ever changes."""
    _describe(version, description, tags)
    with transaction.atomic():
        version.save(update_fields=["description", "tags"])
        telling.note_version(actor=actor, version=version, verb="edited")
    return version


def archive(*, actor: User | None, asset: DataAsset, is_archived: bool = True) -> DataAsset:
    """Take an asset out of the lists, or bring it back. Its versions stay what they are."""
    asset.is_archived = is_archived
    asset.updated_at = timezone.now()
    with transaction.atomic():
        asset.save(update_fields=["is_archived", "updated_at"])
        telling.note_asset(actor=actor, asset=asset, verb="archived" if is_archived else "restored")
    return asset


def archive_version(*, actor: User | None, version: DataVersion, is_archived: bool = True) -> DataVersion:
    """Take a version out of what `latest` means, or bring it back."""
    version.is_archived = is_archived
    with transaction.atomic():
        version.save(update_fields=["is_archived"])
        telling.note_version(actor=actor, version=version, verb="archived" if is_archived else "restored")
    return version


def delete_version(*, actor: User | None, version: DataVersion) -> None:
    """The version, and the files that were stored for it; its number is not given again. Raises Conflict `data_in_use`."""
    _refuse_used([version])
    with _unused(), transaction.atomic():
        telling.note_version(actor=actor, version=version, verb="deleted")
        _release([version])
        version.delete()


def delete_asset(*, actor: User | None, asset: DataAsset) -> None:
    """The asset with all its versions. Raises Conflict `data_in_use` while something uses one of them."""
    versions = list(queries.versions_of(asset))
    _refuse_used(versions)
    with _unused(), transaction.atomic():
        count = len(versions)
        telling.note_asset(
            actor=actor, asset=asset, verb="deleted", detail=f"With {count} version{'' if count == 1 else 's'}."
        )  # fmt: skip
        _release(versions)
        asset.delete()


def _checked(new: NewVersion) -> dict[str, Any]:
    """The columns that are plain words. Raises Invalid."""
    if new.type not in DataType.values:
        message = f"A data asset is of the type {', '.join(DataType.values)}; {new.type[:40]!r} is none of them."
        raise Invalid("bad_data_type", message, fields={"type": message})
    if bool(new.path) + bool(new.folder) + (new.query is not None) != 1:
        message = "Say where the data comes from: a path, an uploaded folder or a query, and one of them only."
        raise Invalid("bad_data_source", message, fields={"path": message})
    names.asset_name(new.name)
    return {
        "version": names.version_name(new.version) if new.version else "",
        "description": names.description(new.description),
        "tags": names.tags(new.tags),
        "properties": names.tags(new.properties, what="properties"),
        "reading": dict(new.reading),
        "schema": None if new.schema is None else [dict(column) for column in new.schema],
        "mltable": new.mltable,
        "row_count": new.row_count,
        "run_id": new.run_id,
    }


def _ensure_asset(actor: User | None, workspace: Workspace, new: NewVersion) -> DataAsset:
    values = {"type": new.type, "description": new.description, "tags": names.tags(new.tags), "created_by": actor}
    try:
        with transaction.atomic():
            asset, is_new = DataAsset.objects.get_or_create(workspace=workspace, name=new.name, defaults=values)
    except IntegrityError:
        asset, is_new = DataAsset.objects.get(workspace=workspace, name=new.name), False
    asset.workspace = workspace
    if asset.type != new.type:
        raise Conflict(
            "data_type_differs",
            f"{asset.name} is of the type {asset.type}, and all its versions are; this one is of the type {new.type}.",
            hint="Give it another name.",
        )
    if is_new:
        telling.note_asset(actor=actor, asset=asset, verb="created")
    return asset


def _next_number(asset: DataAsset) -> int:
    """One more than the last, in the transaction of the version: two at a time wait for each other, none is lost."""
    rows = DataAsset.objects.filter(pk=asset.pk)
    if not rows.update(last_number=F("last_number") + 1, updated_at=timezone.now(), is_archived=False):
        raise NotFound("not_found", f"The data asset {asset.name} was deleted meanwhile.", hint="Register it again.")
    return rows.values_list("last_number", flat=True).get()


def _create(actor: User | None, asset: DataAsset, number: int, new: NewVersion, values: dict[str, Any]) -> DataVersion:
    facts = _facts(asset.workspace, new.files) if new.files is not None else {}
    wanted = values.pop("version") or _free_name(asset, number)
    try:
        with transaction.atomic():
            return DataVersion.objects.create(
                asset=asset, number=number, version=wanted, created_by=actor, **{**values, **facts}
            )
    except IntegrityError:
        raise Conflict(
            "data_version_exists", f"{asset.name} has a version {wanted} already, and versions never change.",
            hint="Give another version, or none to have it counted.",
        ) from None  # fmt: skip


def _free_name(asset: DataAsset, number: int) -> str:
    """The number as a name; where somebody gave that name by hand, the next that is free."""
    taken = set(DataVersion.objects.filter(asset=asset).values_list("version", flat=True))
    while str(number) in taken:
        number += 1
    return str(number)


def _facts(workspace: Workspace, files: Sequence[DataFile]) -> dict[str, Any]:
    manifest.require_moderate(len(files))
    return {
        "state": State.READY,
        "manifest": manifest.write(workspace, files),
        "size": sum(file.size for file in files),
        "file_count": len(files),
        "content_hash": manifest.content_hash(files),
    }


def _claim_folder(folder: ManagedFolder, version: DataVersion) -> None:
    rows = ManagedFolder.objects.filter(pk=folder.pk, version=None, released_at=None)
    if not rows.update(version=version):
        raise Conflict(
            "data_folder_taken", "These uploaded files belong to another version already.", hint="Upload them again."
        )


def _describe(row: DataAsset | DataVersion, description: str | None, tags: Mapping[str, str | None] | None) -> None:
    if description is not None:
        row.description = names.description(description)
    if tags is not None:
        row.tags = names.merged(row.tags, tags)


def _refuse_used(versions: list[DataVersion]) -> None:
    why = uses.of(versions)
    if why:
        raise Conflict("data_in_use", " ".join(why[:5]), hint="Take it out of use first, or archive it.")


@contextmanager
def _unused() -> Iterator[None]:
    """Whatever came to use a version at this very moment keeps it."""
    try:
        yield
    except (ProtectedError, IntegrityError):
        raise Conflict(
            "data_in_use",
            "Something came to use it at this moment, so it was not deleted.",
            hint="Look at its lineage.",
        ) from None


def _release(versions: list[DataVersion]) -> None:
    """Let the files that were stored for these versions go, and forget how they were made."""
    for version in versions:
        lineage.forget(workspace=version.asset.workspace, thing=Thing("data_version", str(version.pk)))
    ManagedFolder.objects.filter(version__in=versions).update(released_at=timezone.now(), version=None)
    tasks.remove_released.delay_on_commit()

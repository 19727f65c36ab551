"""The files a version is made of, where they lie now."""

from collections.abc import Iterator
from dataclasses import dataclass

from mltable import places
from mltable.plan import FILE_NAME, Place, Plan

from registry.data import uris
from registry.data.assets import manifest, mltables, placing
from registry.data.assets.models import DataType, DataVersion
from registry.data.datastores import opening
from registry.data.datastores.kinds.base import Entry, FileStore
from registry.data.reading import reader, sources, tables
from studio.errors import Invalid, NotFound

MOST_MLTABLE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the version where it lies."""

    path: str  # as the manifest calls it
    store: FileStore
    place: str
    entry: Entry


def files_of(version: DataVersion) -> list[Found]:
    """What the version is made of now; a table's MLTable is in `version.mltable` then. Raises NotFound, Invalid."""
    if version.datastore is None:
        raise NotFound("not_found", "The datastore it lies in is gone.")
    store = opening.file_store(version.datastore)
    entry = store.stat(version.path) if version.path else None
    if version.path and entry is None:
        raise NotFound("not_found", f"There is nothing at {version.path!r} in the datastore {version.datastore.name}.")
    if entry is not None and not entry.is_dir:
        return _single(version, store, entry)
    found = list(_below(store, version.path))
    if not found:
        raise Invalid(
            "data_empty", f"There is no file in the folder {version.path or '/'!r}.", hint="Upload some first."
        )  # fmt: skip
    if version.asset.type == DataType.FILE:
        return [_only(version, found)]
    return _of_table(version, found) if version.asset.type == DataType.TABLE else found


def _single(version: DataVersion, store: FileStore, entry: Entry) -> list[Found]:
    """The version is this one file. A table of one file lies in the file's folder, and the manifest names no other."""
    if version.asset.type == DataType.FOLDER:
        raise Invalid(
            "data_type_differs", f"{version.path} is a file, and a version of the type uri_folder is a folder.",
            hint="Register it as uri_file, or give the folder it lies in.",
        )  # fmt: skip
    found = [Found(entry.name, store, entry.path, entry)]
    if version.asset.type == DataType.TABLE:
        version.path = entry.path.rpartition("/")[0]
        return _of_table(version, found)
    return found


def _only(version: DataVersion, found: list[Found]) -> Found:
    """The one file that was uploaded as a file."""
    if len(found) > 1 or version.source.get("kind") != "upload":
        raise Invalid(
            "data_type_differs",
            f"{version.path or '/'} is a folder with {len(found):,} file{'s' if len(found) > 1 else ''}, and a version of"
            " the type uri_file is one file.",
            hint="Register it as uri_folder, or name the file.",
        )
    version.path = found[0].place
    return Found(found[0].entry.name, found[0].store, found[0].place, found[0].entry)


def _below(store: FileStore, folder: str) -> Iterator[Found]:
    start = len(folder) + 1 if folder else 0
    for count, entry in enumerate(store.walk(folder), start=1):
        manifest.require_moderate(count)
        yield Found(entry.path[start:], store, entry.path, entry)


def _of_table(version: DataVersion, found: list[Found]) -> list[Found]:
    """The MLTable file, the files beside it that its plan names, and those that lie in other folders."""
    by_name = {one.path: one for one in found}
    own = by_name.get(FILE_NAME)
    if not version.mltable:
        version.mltable = _text(own) if own else _written(version, found)
    plan = mltables.parse(version.mltable)
    named = [by_name[name] for name in mltables.chosen(plan, list(by_name))]
    others = [one for place in mltables.elsewhere(plan) for one in _elsewhere(version, plan, place)]
    if not named and not others and not list(mltables.elsewhere(plan)):
        raise Invalid("data_empty", "The MLTable names no file that is there.")
    manifest.require_moderate(len(named) + len(others))
    return [*([own] if own else []), *{one.path: one for one in [*named, *others]}.values()]


def _written(version: DataVersion, found: list[Found]) -> str:
    """An MLTable for files that lie there without one; how text is written is found out first."""
    names = [one.path for one in found]
    reading = dict(version.reading)
    if tables.format_of(names, str(reading.get("format") or "")) == "delimited":
        assert version.datastore is not None
        first = next((one for one in found if tables.ending_format(one.path) == "delimited"), found[0])
        table = sources.table_at(version.datastore, first.place, {**reading, "format": "delimited"})
        said = reader.look(table, limit=1)["found"] or {}
        reading = {**{name: value for name, value in said.items() if value not in (None, "")}, **reading}
    return mltables.written(names, reading)


def _text(own: Found) -> str:
    if own.entry.size > MOST_MLTABLE_BYTES:
        raise Invalid("bad_mltable", "The MLTable file is larger than a megabyte.")
    try:
        return b"".join(own.store.read(own.place)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("bad_mltable", "The MLTable file is no text in UTF-8.") from None


def _elsewhere(version: DataVersion, plan: Plan, place: Place) -> Iterator[Found]:
    """The files of a place in a datastore, under their full names; none for a place outside of all datastores."""
    named = mltables.named(place)
    if named is None:
        return
    datastore = placing.datastore_named(version.asset.workspace, named.datastore)
    store = opening.file_store(datastore)
    root = named.path.split("*", 1)[0].rpartition("/")[0] if place.kind == "pattern" else named.path
    entry = store.stat(root) if root else None
    if root and entry is None:
        raise NotFound("not_found", f"There is nothing at {place.value}, which the MLTable names in line {place.line}.")
    entries = [entry] if entry is not None and not entry.is_dir else [one.entry for one in _below(store, root)]
    wanted = Place(place.kind, named.path, place.line)
    for one in entries:
        if places.means(wanted, one.path):
            yield Found(str(uris.DatastorePath(datastore.name, one.path)), store, one.path, one)

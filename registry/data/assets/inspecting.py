"""What a version's files hold: the schema of tables, how many rows they have, whether they can be read at all."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from registry.data.assets import mltables
from registry.data.assets.found import Found
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataType, DataVersion
from registry.data.reading import reader, sources, tables
from registry.data.reading.sources import Placed
from studio.errors import Invalid, TooLarge, TooSlow

logger = logging.getLogger(__name__)
MOST_FETCHED = 1024 * 1024 * 1024  # of files elsewhere, to look into them
# A file with such an ending is what it says, or it is damaged. Text may be anything.
STRICT = ("parquet", "arrow")


def facts(version: DataVersion, found: Sequence[Found], read: Sequence[DataFile]) -> dict[str, Any]:
    """The columns of the version's row that come from looking into its files. Raises Invalid for files that are damaged."""
    hashes = {file.path: file.sha256 for file in read}
    placed = [Placed(one.path, one.store, one.place, one.entry.size, hashes[one.path], is_hash=True) for one in found]
    if version.asset.type == DataType.TABLE:
        return _table(version, placed)
    return _files(version, placed)


def _files(version: DataVersion, placed: list[Placed]) -> dict[str, Any]:
    """Schema and rows where the files are one table; nothing where they are not."""
    reading = dict(version.reading)
    try:
        format = tables.format_of([one.name for one in placed], str(reading.get("format") or ""))
    except Invalid:
        return {}
    is_asked = bool(reading.get("format") or version.schema)
    try:
        told = _look(placed, reading, version.schema or ())
    except Invalid:
        if is_asked or format in STRICT:
            raise
        return {}  # text that is no table, such as a README
    return _as_facts(told, version.schema, {**reading, "format": format})


def _table(version: DataVersion, placed: list[Placed]) -> dict[str, Any]:
    plan = mltables.parse(version.mltable)
    shown = mltables.shown(plan)
    if plan.reader is None or shown.reading["format"] not in mltables.FORMATS.values():
        return {"mltable": version.mltable, "reading": shown.reading}
    reading = {**version.reading, **shown.reading}
    found = _look(placed, {key: value for key, value in reading.items() if key != "where"}, ())
    if found is None:
        return {"mltable": version.mltable, "reading": reading}
    if version.schema:
        schema = [dict(column) for column in version.schema]
        text = mltables.with_schema(version.mltable, found["columns"], schema)
    else:
        schema, text = shown.schema(found["columns"]), version.mltable
    told = _look(placed, reading, schema)
    return {**_as_facts(told, schema, reading), "mltable": text}


def _look(placed: list[Placed], reading: Mapping[str, Any], columns: Sequence[Any]) -> dict[str, Any] | None:
    """What the reading process says; None where it would have to read too much."""
    try:
        table = sources.table_of_files(placed, dict(reading), columns, most=MOST_FETCHED)
        return reader.look(table, limit=1)
    except (sources.NotHere, TooLarge, TooSlow) as error:
        logger.info("a version is registered without its schema: %s", error)
        return None


def _as_facts(told: dict[str, Any] | None, schema: Any, reading: Mapping[str, Any]) -> dict[str, Any]:
    if told is None:
        return {"reading": dict(reading)}
    columns = [{"name": one["name"], "type": one["type"], "included": True} for one in told["columns"]]
    return {"schema": schema or columns, "row_count": told.get("row_count"), "reading": dict(reading)}

"""Tables as Polars frames: a sample of the source, the beginning of what a recipe joins, kept for the next question."""

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import duckdb

from registry.data.reading.child import engine, sentences, source
from registry.data.reading.child.cells import Column
from registry.data.reading.child.engine import name
from registry.data.reading.child.limits import Limits

if TYPE_CHECKING:
    import polars

KEPT = 6  # frames; each is a sample, so they are small
KEPT_CELLS = 2_000_000
# What Polars has no type for, and texts that are numbers to nobody else.
AS_TEXT = ("INTERVAL", "UUID", "BIT", "TIME WITH TIME ZONE", "ENUM", "UNION", "VARIANT", "MAP")
_kept: "OrderedDict[str, polars.DataFrame]" = OrderedDict()


def frame_of(table: dict[str, Any], sample: dict[str, Any], limits: Limits) -> "polars.DataFrame":
    """So many rows of a table: `{"mode": "first" | "random", "size", "seed"}`. Raises what `sentences` turns into a problem."""
    key = json.dumps([table, sample], sort_keys=True)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    frame = _read(table, sample, limits)
    _kept[key] = frame
    while len(_kept) > KEPT or sum(one.width * one.height for one in _kept.values()) > KEPT_CELLS:
        _kept.popitem(last=False)
    return frame


def _read(table: dict[str, Any], sample: dict[str, Any], limits: Limits) -> "polars.DataFrame":
    import polars

    with source.linked(table) as links, engine.opened(limits, source.openable(links)) as connection:
        columns = source.make_view(connection, table, links)
        engine.lock(connection)
        shown = ", ".join(_shown(column) for column in columns)
        try:
            arrow = connection.sql(f"SELECT {shown} FROM data {_taken(sample)}").to_arrow_table()
        except duckdb.Error as error:
            raise sentences.of_sql(error, 0) from error
        found = polars.from_arrow(arrow)
    assert isinstance(found, polars.DataFrame)
    return found


def _taken(sample: dict[str, Any]) -> str:
    size = int(sample["size"])
    if sample["mode"] == "random":
        return f"USING SAMPLE reservoir({size} ROWS) REPEATABLE ({int(sample['seed'])})"
    return f"LIMIT {size}"


def _shown(column: Column) -> str:
    quoted, base = name(column.name), column.native.partition("(")[0]
    if base in AS_TEXT:
        return f"CAST({quoted} AS VARCHAR) AS {quoted}"
    if base in ("HUGEINT", "UHUGEINT", "DECIMAL"):
        return f"CAST({quoted} AS DOUBLE) AS {quoted}"
    return quoted

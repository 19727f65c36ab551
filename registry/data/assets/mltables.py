"""A version of the type mltable: its plan, the files the plan names, and how its rows are shown here.

Jobs run the whole plan (`mltable.load`). Pages read the same files by DuckDB, which knows most of it; what it leaves out is
said in `reading["notes"]`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mltable import filters, places
from mltable import plan as plans
from mltable.plan import Place, Plan, PlanError, Reader, Step

from registry.data import uris
from registry.data.addresses import queries as addresses
from registry.data.reading import tables
from studio.errors import Invalid

FORMATS = {"delimited": "delimited", "parquet": "parquet", "json_lines": "json_lines"}
TYPES = {"stream_info": "string"}
# The studio's word for a type → MLTable's.
WRITTEN_TYPES = {"int": "int", "float": "float", "boolean": "boolean", "date": "datetime", "datetime": "datetime"}


def parse(text: str) -> Plan:
    """The plan of an MLTable. Raises Invalid `bad_mltable`, naming the line."""
    try:
        return plans.parse(text)
    except PlanError as error:
        where = f"Line {error.line} of the MLTable: " if error.line else "The MLTable: "
        raise Invalid("bad_mltable", where + error.message, fields={"mltable": str(error)}) from None


def named(place: Place) -> uris.DatastorePath | None:
    """Where a place outside of the table's folder lies in a datastore; None for one that is read from outside. Raises Invalid."""
    found = uris.parse(place.value)
    if isinstance(found, uris.Web):
        found = uris.parse(addresses.translate(found.url))
    if isinstance(found, uris.AssetRef):
        raise _at(place, f"{place.value} names a data asset; a table names files by paths.")
    return found if isinstance(found, uris.DatastorePath) else None


def elsewhere(plan: Plan) -> list[Place]:
    """The places that do not lie in the table's own folder."""
    return [place for place in plan.places if not place.is_relative or uris.is_reference(place.value)]


def chosen(plan: Plan, names: Sequence[str]) -> list[str]:
    """The files of the table's own folder that its plan names. Raises Invalid for a path that leads to none."""
    found: dict[str, None] = {}
    for place in plan.places:
        if place not in elsewhere(plan):
            here = [name for name in places.chosen(place, names) if name != plans.FILE_NAME]
            if not here:
                raise _at(place, f"There is no file at the {place.kind} {place.value} beside it.")
            found.update(dict.fromkeys(here))
    return list(found)


def written(names: Sequence[str], reading: Mapping[str, Any]) -> str:
    """An MLTable file for files that lie there without one, by how they are read. Raises Invalid when they are no table."""
    format = tables.format_of(list(names), str(reading.get("format") or ""))
    if format not in FORMATS:
        raise Invalid("bad_mltable", f"A table of {format} files can't be described by an MLTable.")
    if len(names) == 1:
        paths: tuple[Place, ...] = (Place("file", f"./{names[0]}"),)
    else:
        endings = {f"./**/*.{name.rsplit('.', 1)[-1]}" for name in names if tables.ending_format(name) == format}
        paths = tuple(Place("pattern", ending) for ending in sorted(endings)) or (Place("folder", "./"),)
    given = _delimited_options(reading) if format == "delimited" else {}
    return plans.write(Plan(paths, Reader(format, {}, given)))


def with_schema(text: str, found: Sequence[Mapping[str, Any]], schema: Sequence[Mapping[str, Any]]) -> str:
    """The MLTable with the columns that a schema leaves out dropped, and those it gives another type converted."""
    plan = parse(text)
    kinds = {column["name"]: column["type"] for column in found}
    steps = list(plan.steps)
    dropped = [column["name"] for column in schema if not column.get("included", True)]
    changed = [_conversion(column) for column in schema if _is_changed(column, kinds)]
    if changed:
        steps.append(Step("convert_column_types", None, changed))
    if dropped:
        steps.append(Step("drop_columns", None, dropped))
    return plans.write(Plan(plan.places, plan.reader, tuple(steps), plan.metadata))


@dataclass(slots=True)
class Shown:
    """How a plan's rows are read here: collected step by step."""

    reading: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)  # changes by name; "" holds what is meant for all
    kept: tuple[str, ...] | None = None
    dropped: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    is_narrowed: bool = False

    def schema(self, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The columns as the plan leaves them, of those that the files have."""
        return [
            {
                "name": column["name"],
                "type": column["type"],
                **self.columns.get("", {}),
                **self.columns.get(column["name"], {}),
                "included": (self.kept is None or column["name"] in self.kept) and column["name"] not in self.dropped,
            }
            for column in found
        ]


def shown(plan: Plan) -> Shown:
    """How the rows of a plan are read on pages."""
    made = Shown()
    if plan.reader is not None:
        _read_by(made, plan.reader)
    for step in plan.steps:
        _STEPS[step.name](made, step)
    outside = [place.value for place in elsewhere(plan) if named(place) is None]
    if outside:
        made.notes.append(f"It also names {outside[0]}, which lies outside and is read from there in jobs.")
    if made.notes:
        made.reading["notes"] = made.notes
    return made


def _read_by(made: Shown, reader: Reader) -> None:
    options = reader.options
    made.reading["format"] = FORMATS.get(reader.kind, reader.kind)
    if reader.kind == "delimited":
        made.reading |= {
            "delimiter": options["delimiter"],
            "encoding": options["encoding"],
            "header": options["header"] != "no_header",
        }
        made.reading |= {name: options[name] for name in ("decimal", "skip_rows") if name in options}
        inferring = options["infer_column_types"]
        if inferring is False:
            made.columns[""] = {"type": "string"}
        elif isinstance(inferring, dict):
            overrides = inferring.get("column_type_overrides", {})
            made.columns |= {name: {"type": TYPES.get(kind, kind)} for name, kind in overrides.items()}
    if reader.kind == "delta_lake":
        made.notes.append("Delta tables are read in jobs; their rows are not shown here.")
    if options.get("include_path_column"):
        made.notes.append("The column with each row's path is added in jobs.")


def _where(made: Shown, step: Step) -> None:
    if made.is_narrowed:
        made.notes.append("A filter after take, skip or a sample is applied in jobs, not here.")
        return
    before = made.reading.get("where")
    condition = filters.sql(step.value)
    made.reading["where"] = f"{before} AND {condition}" if before else condition


def _take(made: Shown, step: Step) -> None:
    before = made.reading.get("take")
    made.reading["take"] = step.value if before is None else min(before, step.value)
    made.is_narrowed = True


def _skip(made: Shown, step: Step) -> None:
    made.reading["skip"] = made.reading.get("skip", 0) + step.value
    if "take" in made.reading:
        made.reading["take"] = max(made.reading["take"] - step.value, 0)
    made.is_narrowed = True


def _sample(made: Shown, step: Step) -> None:
    if made.is_narrowed:
        made.notes.append("A sample after take or skip is taken in jobs, not here.")
        return
    made.reading |= {"sample": step.value.probability, "seed": step.value.seed or 0}
    made.is_narrowed = True


def _keep(made: Shown, step: Step) -> None:
    made.kept = step.value if made.kept is None else tuple(name for name in made.kept if name in step.value)


def _drop(made: Shown, step: Step) -> None:
    made.dropped |= set(step.value)


def _convert(made: Shown, step: Step) -> None:
    for conversion in step.value:
        change: dict[str, Any] = {"type": TYPES.get(conversion.type, conversion.type)}
        if conversion.options.get("formats"):
            change["format"] = list(conversion.options["formats"])
        if conversion.options.get("true_values") or conversion.options.get("false_values"):
            made.notes.append(f"The words for true and false of {', '.join(conversion.columns)} are read in jobs.")
            continue
        made.columns |= {name: change for name in conversion.columns}


def _partition(made: Shown, step: Step) -> None:
    names = ", ".join(name for name, _ in step.value.columns)
    made.notes.append(f"The columns that come from the paths ({names}) are added in jobs.")


_STEPS: dict[str, Callable[[Shown, Step], None]] = {
    "filter": _where,
    "take": _take,
    "skip": _skip,
    "take_random_sample": _sample,
    "keep_columns": _keep,
    "drop_columns": _drop,
    "convert_column_types": _convert,
    "extract_columns_from_partition_format": _partition,
}


def _delimited_options(reading: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: reading[name] for name in ("delimiter", "encoding", "decimal", "skip_rows") if reading.get(name)}
    if reading.get("header") is False:
        found["header"] = "no_header"
    return found


def _is_changed(column: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    is_other = kinds.get(column["name"]) != column.get("type") or bool(column.get("format"))
    return is_other and bool(column.get("type")) and column.get("included", True)


def _conversion(column: Mapping[str, Any]) -> dict[str, Any]:
    kind: Any = WRITTEN_TYPES.get(column["type"], "string")
    if column.get("format"):
        kind = {kind: {"formats": column["format"] if isinstance(column["format"], list) else [column["format"]]}}
    return {"columns": [column["name"]], "column_type": kind}


def _at(place: Place, message: str) -> Invalid:
    where = f"Line {place.line} of the MLTable: " if place.line else ""
    return Invalid("bad_mltable", where + message, fields={"mltable": message})

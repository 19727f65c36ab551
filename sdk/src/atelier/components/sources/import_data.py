"""Import Data: files of a datastore or of an address become a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier.components import column_names, plain_types
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.sources import separated
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

BY_ENDING, SEPARATED, JSON_LINES, JSON, PARQUET = "By the ending", "Delimited", "JSON lines", "JSON", "Parquet"
ENDINGS = {
    ".csv": SEPARATED, ".tsv": SEPARATED, ".txt": SEPARATED, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".json": JSON,
    ".parquet": PARQUET,
}  # fmt: skip
SEPARATORS = {"Comma": ",", "Tab": "\t", "Semicolon": ";", "Space": " ", "Pipe": "|"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252")


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The rows of all files, below one another; columns meet by name."""
    import pandas as pd

    files = _files(Path(inputs["source"]), parameters["file_format"])
    frames = [_frame(file, parameters) for file in files]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    return {"dataset": Table(frame)}


def _files(source: Path, kind: str) -> list[Path]:
    if source.is_file():
        return [source]
    found = sorted(file for file in source.rglob("*") if file.is_file() and not file.name.startswith(("_", ".")))
    if kind == BY_ENDING:
        found = [file for file in found if file.suffix.lower() in ENDINGS]
    if not found:
        raise ComponentError(f"There is no table in {source.name}.", port="source")
    return found


def _frame(file: Path, parameters: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    kind = parameters["file_format"]
    if kind == BY_ENDING:
        kind = ENDINGS.get(file.suffix.lower(), SEPARATED)
    try:
        if kind == PARQUET:
            frame = plain_types.made_plain(pd.read_parquet(file))
        elif kind in (JSON, JSON_LINES):
            frame = pd.read_json(file, lines=kind == JSON_LINES)
        else:
            frame = _separated(file, parameters)
    except (ValueError, OSError, LookupError) as error:
        raise ComponentError(f"{file.name} can't be read as {kind}: {error}", parameter="file_format") from error
    return frame.set_axis(column_names.each_once(map(str, frame.columns)), axis=1)


def _separated(file: Path, parameters: Mapping[str, Any]) -> pd.DataFrame:
    is_tabbed = parameters["file_format"] == BY_ENDING and file.suffix.lower() == ".tsv"
    return separated.read(
        file,
        separator="\t" if is_tabbed else SEPARATORS[parameters["delimiter"]],
        has_header=parameters["has_header"],
        skiprows=parameters["skip_rows"],
        encoding=parameters["encoding"],
    )


TEXT = {"file_format": (BY_ENDING, SEPARATED)}
COMPONENT = Component(
    name="import_data",
    label="Import Data",
    category="Data input and output",
    description="Makes a table of files: from a datastore, a data asset or an address.",
    run=run,
    inputs=(
        Port(
            "source",
            PortType.ZIP,
            description="A file or a folder of files: a data asset, a path of a datastore, or an https address.",
        ),
    ),
    outputs=(Port("dataset", PortType.DATASET),),
    parameters=(
        Parameter(
            "file_format", Kind.CHOICE, default=BY_ENDING, choices=(BY_ENDING, SEPARATED, JSON_LINES, JSON, PARQUET)
        ),
        Parameter(
            "delimiter",
            Kind.CHOICE,
            default="Comma",
            choices=tuple(SEPARATORS),
            when=TEXT,
        ),
        Parameter(
            "has_header",
            Kind.BOOLEAN,
            default=True,
            description="The first line holds the columns' names; without it they are Col1, Col2 …",
            when=TEXT,
        ),
        Parameter(
            "skip_rows",
            Kind.INTEGER,
            default=0,
            minimum=0,
            description="Lines to pass over before the table.",
            when=TEXT,
        ),
        Parameter("encoding", Kind.CHOICE, default="utf-8", choices=ENCODINGS, when=TEXT),
    ),
    keywords=("load", "read", "csv", "datastore", "url"),
)

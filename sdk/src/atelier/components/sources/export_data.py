"""Export Data: a table as a file, at the place that the output is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = {"CSV": ".csv", "TSV": ".tsv", "JSON lines": ".jsonl", "Parquet": ".parquet"}


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A folder with one file."""
    table: Table = inputs["dataset"]
    name, kind = parameters["file_name"], parameters["file_format"]
    if not re.fullmatch(r"[^/\\\0]{1,200}", name) or name.startswith("."):
        raise ComponentError(f"{name!r} is no name of a file.", parameter="file_name")
    folder = context.workdir / "exported"
    folder.mkdir(exist_ok=True)
    ending = ENDINGS[kind]
    path = folder / (name if name.lower().endswith(ending) else name + ending)
    try:
        _write(table.frame, path, kind)
    except (ValueError, TypeError) as error:  # a column of Python objects of several kinds
        raise ComponentError(f"The table can't be written as {kind}: {error}", parameter="file_format") from error
    return {"exported_data": folder}


def _write(frame: pd.DataFrame, path: Path, kind: str) -> None:
    if kind == "Parquet":
        frame.to_parquet(path, index=False)
    elif kind == "JSON lines":
        frame.to_json(path, orient="records", lines=True, date_format="iso", force_ascii=False)
    else:
        frame.to_csv(path, index=False, sep="," if kind == "CSV" else "\t")


COMPONENT = Component(
    name="export_data",
    label="Export Data",
    category="Data input and output",
    description="Writes a table as a file: to a path of a datastore, where the output is given one.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(
        Port(
            "exported_data",
            PortType.FOLDER,
            description="The folder with the file. Give the output a path to choose datastore and folder.",
        ),
    ),
    parameters=(
        Parameter("file_format", Kind.CHOICE, default="CSV", choices=tuple(ENDINGS)),
        Parameter("file_name", Kind.TEXT, default="data", description="Without its ending, or with it."),
    ),
    keywords=("save", "write", "csv", "datastore"),
)

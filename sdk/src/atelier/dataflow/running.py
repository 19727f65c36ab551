"""A recipe carried out on files, larger than memory where they are: read lazily, written as one file, whole or not at all."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier.dataflow import described as described_files
from atelier.dataflow import loading
from atelier.dataflow.errors import RecipeError
from atelier.dataflow.recipe import Recipe

ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "tsv", ".txt": "csv", ".jsonl": "ndjson"}
ENDINGS.update({".ndjson": "ndjson", ".arrow": "ipc", ".feather": "ipc", ".ipc": "ipc"})
FORMATS = ("parquet", "csv")


def scan(paths: Sequence[str | Path], described: Mapping[str, Any] | None = None) -> Any:
    """The files as one lazy table. A folder stands for the data files in it; they must all be of one format.

    `described` says how they are read and what types they hold, where a data asset knows it (`described.py`).
    """
    files = [file for path in paths for file in _files(Path(path))]
    if not files:
        raise RecipeError(f"No data file was found at {', '.join(map(str, paths))}.")
    if described:
        return described_files.scan(files, described)
    formats = {ENDINGS.get(file.suffix.lower(), "") for file in files}
    if len(formats) > 1 or "" in formats:
        raise RecipeError(f"All files have to be of one format, one of {', '.join(ENDINGS)}.")
    polars, kind, found = loading.polars(), formats.pop(), [str(file) for file in files]
    if kind in ("csv", "tsv"):
        separator = "\t" if kind == "tsv" else ","
        # glob=False: a name with brackets means itself.
        return polars.scan_csv(found, separator=separator, try_parse_dates=True, infer_schema_length=10_000, glob=False)
    if kind == "ndjson":
        return polars.scan_ndjson(found, infer_schema_length=10_000)
    return polars.scan_parquet(found, glob=False) if kind == "parquet" else polars.scan_ipc(found)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in ENDINGS)
    if path.is_file():
        return [path]
    return sorted(Path(found) for found in glob.glob(str(path)) if Path(found).is_file())


def run(
    recipe: Recipe,
    inputs: Sequence[str | Path],
    output: str | Path,
    *,
    others: Mapping[str, Sequence[str | Path]] | None = None,
    form: str = "parquet",
    name: str = "data",
    tables: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Writes what the recipe makes of the input files into the folder `output`; the file's path.

    The file appears under its name when it is whole. What goes wrong leaves nothing behind.
    """
    if form not in FORMATS:
        raise RecipeError(f"The format is one of {', '.join(FORMATS)}.")
    known = tables or {}
    joined = {other: scan(paths, known.get(other)) for other, paths in (others or {}).items()}
    table = recipe.apply(scan(inputs, known.get(recipe.source)), joined)
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.{form}"
    partial = folder / f".{target.name}.{os.getpid()}.part"
    try:
        _sink(table, partial, form)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _sink(table: Any, path: Path, form: str) -> None:
    polars = loading.polars()
    try:
        table.sink_parquet(path) if form == "parquet" else table.sink_csv(path)
    except polars.exceptions.PolarsError as error:
        raise RecipeError(f"The data could not be prepared: {str(error).splitlines()[0]}.") from error
    with path.open("rb") as written:
        os.fsync(written.fileno())

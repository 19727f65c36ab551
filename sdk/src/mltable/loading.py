"""Tables made of an MLTable file or of files themselves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mltable import addresses
from mltable.plan import FILE_NAME, PLACES
from mltable.problems import PlanError
from mltable.table import MLTable
from mltable.types import spec_of, word

Paths = Sequence[Mapping[str, str]]


def load(uri: str | os.PathLike[str], storage_options: Any = None, ml_client: Any = None) -> MLTable:
    """The table of a folder with an MLTable file, of that file itself, or of `azureml:cars@latest` and other addresses.

    `storage_options` and `ml_client` are taken for scripts that give them; the studio is found by the environment.
    """
    text = os.fspath(uri)
    place = addresses.bring(text) if addresses.is_address(text) else Path(text).expanduser()
    file = place / FILE_NAME if place.is_dir() else place
    if not file.is_file():
        raise PlanError(f"There is no file named {FILE_NAME} in {place}.")
    if file.name != FILE_NAME:
        raise PlanError(
            f"{file} is no MLTable; read such files by from_delimited_files, from_parquet_files and the like."
        )
    return MLTable.of_text(file.read_text(encoding="utf-8-sig"), file.parent.resolve())


def from_delimited_files(
    paths: Paths,
    header: Any = "all_files_same_headers",
    delimiter: str = ",",
    support_multi_line: bool = False,
    empty_as_string: bool = False,
    encoding: Any = "utf8",
    include_path_column: bool = False,
    infer_column_types: bool | Mapping[str, Any] = True,
) -> MLTable:
    """A table of text files with one row a line: `from_delimited_files([{"file": "./cars.csv"}])`."""
    inferring: Any = infer_column_types
    if isinstance(infer_column_types, Mapping):
        overrides = infer_column_types.get("column_type_overrides") or {}
        inferring = {
            **infer_column_types,
            "column_type_overrides": {key: spec_of(kind) for key, kind in overrides.items()},
        }
    return _of(
        paths,
        read_delimited={
            "header": word(header),
            "delimiter": delimiter,
            "support_multi_line": support_multi_line,
            "empty_as_string": empty_as_string,
            "encoding": word(encoding),
            "include_path_column": include_path_column,
            "infer_column_types": inferring,
        },
    )


def from_parquet_files(paths: Paths, include_path_column: bool = False) -> MLTable:
    """A table of Parquet files."""
    return _of(paths, read_parquet={"include_path_column": include_path_column})


def from_json_lines_files(
    paths: Paths, invalid_lines: str = "error", encoding: Any = "utf8", include_path_column: bool = False
) -> MLTable:
    """A table of files with one JSON object a line."""
    options = {"invalid_lines": word(invalid_lines), "encoding": word(encoding)}
    return _of(paths, read_json_lines={**options, "include_path_column": include_path_column})


def from_delta_lake(
    delta_table_uri: str,
    timestamp_as_of: str | None = None,
    version_as_of: int | None = None,
    include_path_column: bool = False,
) -> MLTable:
    """A table of a Delta folder; it can be described and saved, and is not read here."""
    given = {"timestamp_as_of": timestamp_as_of, "version_as_of": version_as_of}
    options = {key: value for key, value in given.items() if value is not None}
    return _of([{"folder": delta_table_uri}], read_delta_lake={**options, "include_path_column": include_path_column})


def from_paths(paths: Paths) -> MLTable:
    """A table of the paths of files, one a row."""
    return _of(paths)


def _of(paths: Paths, **reader: Mapping[str, Any]) -> MLTable:
    if not paths or not all(isinstance(one, Mapping) and len(one) == 1 and next(iter(one)) in PLACES for one in paths):
        raise PlanError('Give paths as a list such as [{"file": "./cars.csv"}]: of file, folder or pattern.')
    base = _base(paths)
    document: dict[str, Any] = {"type": "mltable", "paths": [_relative(one, base) for one in paths]}
    if reader:
        document["transformations"] = [{name: dict(options)} for name, options in reader.items()]
    return MLTable(document, base)


def _base(paths: Paths) -> Path:
    """The folder below which all local paths lie."""
    local = [_absolute(value) for one in paths for value in one.values() if not addresses.is_address(value)]
    if not local:
        return Path.cwd()
    roots = [str(_root(path)) for path in local]
    return Path(os.path.commonpath(roots))


def _root(path: Path) -> Path:
    """The folder of a file, and the part of a pattern before its first star."""
    parts = path.parts
    stars = [at for at, part in enumerate(parts) if any(letter in part for letter in "*?")]
    if stars:
        return Path(*parts[: stars[0]])
    return path if path.is_dir() else path.parent


def _relative(one: Mapping[str, str], base: Path) -> dict[str, str]:
    kind, value = next(iter(one.items()))
    if addresses.is_address(value):
        return {kind: value}
    return {kind: "./" + os.path.relpath(_absolute(value), base).replace(os.sep, "/")}


def _absolute(value: str) -> Path:
    plain = value.removeprefix("file://")
    return Path(os.path.abspath(Path(plain).expanduser()))

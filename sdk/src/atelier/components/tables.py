"""A table as it goes through a wire: a data frame, and what each column is meant as."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier.components.errors import ComponentError

if TYPE_CHECKING:
    import pandas as pd

DATA, SCHEMA = "data.parquet", "_schema.json"
FEATURE, LABEL, SCORE = "feature", "label", "score"
FOLD = "fold"  # the number of the fold a row was assigned to; no learner takes it as a feature


@dataclass(frozen=True)
class Column:
    """What a column is meant as. `role`: feature, label, score or fold; `kind`: how a score is meant ("Scored Labels" …)."""

    role: str = FEATURE
    is_categorical: bool = False
    kind: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"role": self.role, "is_categorical": self.is_categorical, "kind": self.kind}


@dataclass(frozen=True)
class Table:
    """A data frame with text as its columns' names (each once), a plain index, and the columns that differ from a plain feature."""

    frame: pd.DataFrame
    columns: Mapping[str, Column] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """What the column is meant as. Categories of the frame count as such."""
        found = self.columns.get(name) or Column()
        if not found.is_categorical and str(self.frame[name].dtype) == "category":
            return replace(found, is_categorical=True)
        return found

    @property
    def label(self) -> str | None:
        """The name of the label column, if one is marked."""
        return next((name for name in self.frame.columns if self.column(name).role == LABEL), None)

    def of_role(self, role: str) -> list[str]:
        """The names of the columns of a role, in order."""
        return [name for name in self.frame.columns if self.column(name).role == role]

    def with_frame(self, frame: pd.DataFrame) -> Table:
        """Another frame; columns that are in both keep what they are meant as."""
        known = {name: column for name, column in self.columns.items() if name in frame.columns}
        return Table(frame.reset_index(drop=True), known)

    def marked(self, names: Iterable[str], column: Column) -> Table:
        """The same with these columns meant as `column`."""
        return Table(self.frame, {**self.columns, **dict.fromkeys(names, column)})

    def require(self, name: str, *, parameter: str = "", port: str = "") -> str:
        """The name, when there is such a column. Raises ComponentError with what there is."""
        if name in self.frame.columns:
            return name
        there = ", ".join(map(str, self.frame.columns[:12]))
        more = f" and {len(self.frame.columns) - 12} more" if len(self.frame.columns) > 12 else ""
        known = f"Its columns are: {there}{more}." if there else "It has no columns."
        raise ComponentError(f"There is no column {name!r} in the table. {known}", parameter=parameter, port=port)


def store(table: Table, folder: Path) -> None:
    """Write the table into the folder: `data.parquet` and `_schema.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        table.frame.to_parquet(folder / DATA, index=False)
    except (ValueError, TypeError) as error:  # a column of Python objects of several kinds
        raise ComponentError(_unkept(table.frame, error)) from error
    known = {name: column.to_dict() for name, column in table.columns.items() if name in table.frame.columns}
    (folder / SCHEMA).write_text(json.dumps({"columns": known}, ensure_ascii=False, indent=1))


def _unkept(frame: pd.DataFrame, error: Exception) -> str:
    """Why the frame can't be kept, with the first column that is at fault."""
    import pyarrow

    for name in frame.columns:
        try:
            pyarrow.Array.from_pandas(frame[name])
        except (pyarrow.ArrowException, ValueError, TypeError):
            kinds = sorted({type(value).__name__ for value in frame[name].dropna()})
            said = f"Column {name!r} holds values of several types ({', '.join(kinds[:5])}), so the table can't be kept"
            return f"{said}: make them numbers, texts, booleans or times."
    return f"The table can't be kept: {error}."


def load(path: Path) -> Table:
    """The table at a path: a folder that `store` wrote, a file or folder of CSV, TSV, JSON lines or Parquet, or an MLTable.

    Raises ComponentError for what is no table.
    """
    from atelier.components import parts, plain_types, table_files

    if parts.is_listed(path):
        return _of_list(path)
    if (path / DATA).is_file():
        import pandas as pd

        known: dict[str, Any] = {}
        if (path / SCHEMA).is_file():
            known = json.loads((path / SCHEMA).read_text()).get("columns") or {}
        frame = plain_types.made_plain(pd.read_parquet(path / DATA))
        return Table(frame, {name: Column(**column) for name, column in known.items()})
    return Table(table_files.read(path))


def _of_list(path: Path) -> Table:
    """The tables that an MLTable lists, below one another; one that says how files are read is read as it says."""
    import pandas as pd

    from atelier.components import column_names, parts

    if not parts.is_plain_list(path):
        return Table(_read_as_said(path))
    found = [load(part.path) for part in parts.of(path)]
    if not found:
        raise ComponentError(f"The list at {path.name} names nothing.")
    frame = pd.concat([one.frame for one in found], ignore_index=True)
    columns = {name: column for one in reversed(found) for name, column in one.columns.items()}
    return Table(frame.set_axis(column_names.each_once(map(str, frame.columns)), axis=1), columns)


def _read_as_said(path: Path) -> pd.DataFrame:
    import mltable
    from atelier.components import column_names

    try:
        frame = mltable.load(str(path)).to_pandas_dataframe()
    except mltable.PlanError as error:
        raise ComponentError(f"The table at {path.name} could not be read: {error}") from error
    return frame.set_axis(column_names.each_once(map(str, frame.columns)), axis=1)

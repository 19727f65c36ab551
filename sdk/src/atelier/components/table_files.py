"""Files that are no table of ours yet: CSV, TSV, JSON lines and Parquet, one or a folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from atelier.components import column_names, plain_types
from atelier.components.errors import ComponentError

if TYPE_CHECKING:
    import pandas as pd

READABLE = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet")


def read(path: Path) -> pd.DataFrame:
    """The frame of a file, or of all files of a folder that are of the first readable one's kind. Raises ComponentError."""
    import pandas as pd

    files = _files(path)
    frames = [_frame(file) for file in files]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    return frame.set_axis(column_names.each_once(map(str, frame.columns)), axis=1)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in READABLE and _counts(file, path))
    if not found:
        raise ComponentError(
            f"There is no table at {path.name}: a CSV, TSV, JSON lines or Parquet file is wanted, or a folder of them."
        )
    return [file for file in found if file.suffix.lower() == found[0].suffix.lower()]


def _counts(file: Path, folder: Path) -> bool:
    """Files and folders that begin with `_` or `.` are notes of whoever wrote the folder."""
    return file.is_file() and not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)


def _frame(path: Path) -> pd.DataFrame:
    import pandas as pd

    kind = path.suffix.lower()
    try:
        if kind == ".parquet":
            return plain_types.made_plain(pd.read_parquet(path))
        if kind in (".json", ".jsonl"):
            return _of_json(path, kind)
        return pd.read_csv(path, sep="\t" if kind == ".tsv" else ",")
    except (ValueError, OSError, UnicodeDecodeError) as error:
        raise ComponentError(f"{path.name} could not be read as a table: {_why(error, path, kind)}") from error


def _why(error: Exception, path: Path, kind: str) -> str:
    """The reason and what to do; a library's own words only where they say a place in the file."""
    if kind == ".parquet":
        return "it is no Parquet file, or only a part of one. Write it again, or give it the ending of what it is."
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8. Save it as UTF-8, or choose a CSV, TSV, JSON lines or Parquet file."
    if type(error).__name__ == "EmptyDataError":
        return "it is empty."
    said = " ".join(str(error).replace(str(path), path.name).split()).rstrip(".")
    return f"{said[:300]}. Correct the file there."


def _of_json(path: Path, kind: str) -> pd.DataFrame:
    """A list of objects, or an object a line: `.json` is either."""
    import pandas as pd

    if kind == ".json":
        with path.open(encoding="utf-8-sig") as file:
            is_list = file.read(1000).lstrip().startswith("[")
        return pd.read_json(path, lines=not is_list)
    return pd.read_json(path, lines=True)

"""What the reading process needs to know of a table: its files on this machine, their format and how they are read."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.errors import Invalid

FORMATS = ("delimited", "parquet", "json_lines", "arrow")
ENDINGS = {
    ".csv": "delimited", ".tsv": "delimited", ".tab": "delimited", ".psv": "delimited", ".txt": "delimited",
    ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "json_lines", ".ndjson": "json_lines", ".json": "json_lines",
    ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow",
}  # fmt: skip
PACKED = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a table: its name as people know it, and where it lies on this machine."""

    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Table:
    """`reading` may hold, all optional: `delimiter`, `quote`, `escape`, `comment`, `header`, `skip_rows`, `encoding`,
    `null_values`, `decimal` (of delimited text); `where` (a condition as SQL), `sample` (a share), `seed`, `skip`, `take`.

    `columns` holds `{"name", "type", "included", "format"}`, `type` one of string, int, float, boolean, date, datetime and
    time (anything else leaves a column as it is), `format` one or more strptime formats of dates. Empty: all, as found.
    `is_head`: the files are only the beginning of the true ones.
    """

    format: str
    files: tuple[SourceFile, ...]
    reading: dict[str, Any] = field(default_factory=dict)
    columns: tuple[dict[str, Any], ...] = ()
    is_head: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "files": [{"name": one.name, "path": str(one.path), "size": one.size} for one in self.files],
            "reading": self.reading,
            "columns": list(self.columns),
            "is_head": self.is_head,
        }


def ending_format(name: str) -> str:
    """The format a name's ending tells; empty for a file that is no table."""
    bare = name.lower()
    for ending in PACKED:
        bare = bare.removesuffix(ending)
    return ENDINGS.get(Path(bare).suffix, "")


def format_of(names: list[str], given: str = "") -> str:
    """The format of files: as given, else as their endings tell. Raises Invalid when that is none or more than one."""
    if given:
        if given not in FORMATS:
            raise Invalid(
                "bad_format", f"{given[:40]!r} is no format of a table.", hint=f"Known: {', '.join(FORMATS)}."
            )
        return given
    found = {ending_format(name) for name in names} - {""}
    if len(found) == 1:
        return found.pop()
    if not found:
        raise Invalid("not_a_table", "These files are no table: delimited text, Parquet, JSON lines or Arrow is.")
    raise Invalid(
        "not_a_table", "These files are of several formats, so they are no one table.", hint="Choose a format."
    )

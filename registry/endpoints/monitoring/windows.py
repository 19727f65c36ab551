"""The samples of some time as a table, read from the datastore; of very many an even part."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from registry.data.datastores import opening
from registry.data.datastores.kinds.base import FileStore
from registry.data.reading.tables import SourceFile, Table
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring.bodies import MAX_COLUMNS, Row
from registry.endpoints.monitoring.models import CollectedFile
from studio.errors import NotFound

MOST_FILES = 3_000
MOST_ROWS = 50_000
MOST_BYTES = 200 * 2**20
NUMBERS = ("int", "float")


@dataclass(frozen=True, slots=True)
class Window:
    """Rows as they were collected, and the columns any of them has, in the order they came."""

    rows: list[Row]
    columns: list[str]


def window(deployment: Deployment, collection: str, since: datetime, until: datetime) -> Window:
    """What was collected from `since` to `until`. Raises what the datastore says."""
    found = list(files_in(deployment, collection, since, until))
    taken = found[:: max(1, math.ceil(len(found) / MOST_FILES))]
    rows: list[Row] = []
    size = 0
    for file in taken:
        size += file.size
        if len(rows) >= MOST_ROWS or size > MOST_BYTES:
            break
        rows += _between(_records(file), since, until)
    rows = rows[:MOST_ROWS]
    columns = dict.fromkeys(name for row in rows for name in row)
    return Window(rows, list(columns)[:MAX_COLUMNS])


def files_in(deployment: Deployment, collection: str, since: datetime, until: datetime) -> Iterable[CollectedFile]:
    """The files that hold something of that time, newest first."""
    rows = CollectedFile.objects.filter(deployment=deployment, collection=collection)
    rows = rows.filter(until__gte=since, since__lte=until)
    return rows.select_related("datastore").order_by("-since", "-pk").iterator()


def table_of(rows: list[Row], types: Mapping[str, str], file: Path) -> Table:
    """These columns of the rows as a table in `file`, of the types that they are compared with."""
    with file.open("w", encoding="utf-8", errors="replace") as opened:
        for row in rows:
            line = {name: _cell(row.get(name), kind) for name, kind in types.items()}
            opened.write(json.dumps(line, ensure_ascii=False) + "\n")
    columns = [{"name": name, "type": _type(kind), "included": True} for name, kind in types.items()]
    return Table("json_lines", (SourceFile(file.name, file, file.stat().st_size),), {}, tuple(columns))


def _records(file: CollectedFile) -> Iterator[Mapping[str, Any]]:
    """What is in a file; nothing when somebody has removed it from the datastore."""
    store: FileStore = opening.file_store(file.datastore)
    try:
        with store.read(file.path) as pieces:
            raw = b"".join(pieces)
    except NotFound:
        return
    for line in raw.splitlines():
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, Mapping):
            yield found


def _between(records: Iterable[Mapping[str, Any]], since: datetime, until: datetime) -> list[Row]:
    rows: list[Row] = []
    for record in records:
        data = record.get("data")
        if isinstance(data, list) and since <= _moment(record.get("time"), since) <= until:
            rows += [row for row in data if isinstance(row, dict)]
    return rows


def _moment(text: Any, otherwise: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return otherwise
    return found if found.tzinfo else otherwise


def _type(kind: str) -> str:
    return "float" if kind in NUMBERS else "boolean" if kind == "boolean" else "string"


def _cell(value: Any, kind: str) -> Any:
    """The value as the column's type has it; what does not fit is missing."""
    if value is None or isinstance(value, list | dict):
        return None
    if kind in NUMBERS:
        return _number(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())
    return value if isinstance(value, str) else json.dumps(value)


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None

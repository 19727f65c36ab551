"""An input cut into mini-batches: files by number, one table by rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from registry.batch import inputs
from registry.batch.models import BatchJob
from registry.batch.options import Options
from registry.batch.state import Keeper
from registry.data.reading import reader
from studio.errors import Invalid, TooLarge

FILES, ROWS = "files", "rows"
MOST_PARTS = 100_000
COUNT_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Split:
    """The parts, and how many items are in all of them."""

    mode: str  # files: items are paths; rows: items are spans of rows of one table
    total: int
    parts: list[list[Any]]
    reading: dict[str, Any]  # how the table's text is written


def split(batch: BatchJob, keeper: Keeper) -> Split:
    """The input of a job in parts. Raises a StudioError for what can't be scored."""
    options = Options.from_json(batch.options)
    items = _files(batch, keeper)
    batch.input = {**batch.input, "type": batch.input.get("type") or _type_of(items)}
    assert batch.deployment is not None
    by_rows = batch.input["type"] == inputs.TABLE or (
        batch.deployment.code_id is None and inputs.is_table(batch, items)
    )
    if by_rows:
        return _by_rows(batch, items, options, keeper)
    paths, size = [item.path for item in items], options.mini_batch_size
    parts: list[list[Any]] = [list(paths[at : at + size]) for at in range(0, len(paths), size)]
    _check_count(len(parts))
    return Split(FILES, len(items), parts, {})


def size_of(items: Sequence[Any]) -> int:
    """How many items a part has."""
    return sum(each["to"] - each["from"] if isinstance(each, dict) else 1 for each in items)


def words_of(item: Any) -> str:
    """What people read of an item: a file's path, or rows of a table."""
    if not isinstance(item, dict):
        return str(item)
    first, last = item["from"], item["to"] - 1
    rows = f"row {first}" if first == last else f"rows {first} to {last}"
    return f"{item['file']} {rows}".strip()


def _files(batch: BatchJob, keeper: Keeper) -> list[inputs.Item]:
    found = []
    for item in inputs.listing(batch):
        keeper.alive()
        # What lies beside the data, such as _SUCCESS or .DS_Store, is nobody's input.
        if item.path.rpartition("/")[2].startswith((".", "_")):
            continue
        found.append(item)
        if len(found) > inputs.MOST_FILES:
            raise TooLarge("batch_too_large", f"The input has more than {inputs.MOST_FILES:,} files.")
    if not found:
        raise Invalid("bad_batch_value", "The input holds no files.")
    return found


def _type_of(items: list[inputs.Item]) -> str:
    return str(inputs.FILE if len(items) == 1 and not items[0].path else inputs.FOLDER)


def _by_rows(batch: BatchJob, items: list[inputs.Item], options: Options, keeper: Keeper) -> Split:
    keeper.extend(timedelta(seconds=2 * COUNT_SECONDS))
    table = inputs.table(batch, items)
    counted = reader.answer({"what": "ask", "sql": "SELECT count(*) FROM data", "limit": 1}, table, COUNT_SECONDS)
    count = int(counted["rows"][0][0])
    if not count:
        raise Invalid("bad_batch_value", "The table that shall be scored has no rows.")
    file = "" if batch.input["type"] == inputs.TABLE else items[0].path
    parts = [[span] for span in _spans(file, count, options.mini_batch_rows)]
    _check_count(len(parts))
    return Split(ROWS, count, parts, dict(table.reading))


def _spans(file: str, count: int, size: int) -> Iterator[dict[str, Any]]:
    for start in range(0, count, size):
        yield {"file": file, "from": start, "to": min(start + size, count)}


def _check_count(count: int) -> None:
    if count > MOST_PARTS:
        raise TooLarge(
            "batch_too_large", f"The input makes {count:,} mini-batches; {MOST_PARTS:,} is the most.",
            hint="Raise mini_batch_size, or mini_batch_rows for a table.",
        )  # fmt: skip

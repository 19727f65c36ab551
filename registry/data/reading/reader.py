"""Questions to the reading processes: what pages, REST and tasks call. Errors are the studio's own."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from registry.data.reading import pool
from registry.data.reading.tables import Table
from studio import errors

LOOK_SECONDS = 20.0
SQL_SECONDS = 20.0
EXPORT_SECONDS = 60.0
PROFILE_SECONDS = 240.0
CORRELATED_ROWS = 200_000
MOST_ROWS = 1_000
SAMPLE = 1_000
EXPORT_ROWS = 1_000_000
_ERRORS: dict[str, type[errors.StudioError]] = {
    "data_unreadable": errors.Invalid,
    "bad_sql": errors.Invalid,
    "sql_not_allowed": errors.Invalid,
    "bad_column": errors.Invalid,
    "bad_chart": errors.Invalid,
    "bad_recipe": errors.Invalid,
    "data_too_large": errors.TooLarge,
}


class Refused(errors.Invalid):
    """`position` is the character of the person's own text at which it goes wrong, if that is known."""

    def __init__(self, code: str, message: str, *, hint: str = "", position: int | None = None) -> None:
        super().__init__(code, message, hint=hint)
        self.position = position
        self.extensions = {"position": position}


def wake() -> None:
    """Have a reading process ready: a page that will ask in a moment says so."""
    pool.shared().wake()


def look(table: Table, *, limit: int = 100) -> dict[str, Any]:
    """`{columns, rows, row_count, found}`: the first rows, and how the text seems to be written."""
    return answer({"what": "look", "limit": limit}, table, LOOK_SECONDS)


def rows(
    table: Table,
    *,
    mode: str = "first",
    where: str = "",
    offset: int = 0,
    limit: int = 100,
    columns: list[str] | None = None,
    order: list[dict[str, Any]] | None = None,
    seed: int = 1,
) -> dict[str, Any]:
    """`{columns, rows, row_count, has_more}`: a page of the first rows or of a random sample, where a condition holds."""
    question = {
        "what": "rows", "mode": mode, "where": where, "offset": offset, "limit": limit, "columns": columns,
        "order": order or [], "seed": seed, "sample": SAMPLE,
    }  # fmt: skip
    return answer(question, table, LOOK_SECONDS)


def ask(table: Table, sql: str, *, limit: int = MOST_ROWS) -> dict[str, Any]:
    """`{columns, rows, has_more}`: the result of one SELECT over `data`."""
    return answer({"what": "ask", "sql": sql, "limit": limit}, table, SQL_SECONDS)


def profile(
    table: Table, columns: list[str] | None = None, *, sample: int = 0, seconds: float | None = None
) -> dict[str, Any]:
    """`{row_count, columns}`: what is in these columns, of all rows or of a random sample."""
    return answer({"what": "profile", "columns": columns, "sample": sample}, table, seconds or PROFILE_SECONDS)


def correlations(table: Table, columns: list[str]) -> dict[str, Any]:
    """`{columns, values, rows}`: Pearson's correlations of numeric columns, over so many rows."""
    question = {"what": "correlations", "columns": columns, "sample": CORRELATED_ROWS}
    return answer(question, table, PROFILE_SECONDS)


def figure(table: Table, chart: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a chart: see `child/figures.py`."""
    return answer({"what": "figure", **chart}, table, LOOK_SECONDS)


@contextmanager
def exported(table: Table, sql: str = "") -> Iterator[Path]:
    """The table, or the result of one SELECT, as a CSV file that is there as long as the block runs."""
    question = {"what": "export", "sql": sql, "limit": EXPORT_ROWS, "table": table.as_dict()}
    with tempfile.TemporaryDirectory(prefix="atelier-export-") as folder:
        kept = Path(folder) / "result.csv"
        with pool.shared().asked(question, seconds=EXPORT_SECONDS) as told:
            shutil.move(_checked(told)["path"], kept)
        yield kept


def answer(question: dict[str, Any], table: Table, seconds: float) -> dict[str, Any]:
    with pool.shared().asked({**question, "table": table.as_dict()}, seconds=seconds) as told:
        return _checked(told)


def _checked(told: dict[str, Any]) -> dict[str, Any]:
    problem = told.get("problem")
    if problem is None:
        return told["answer"]
    kind = _ERRORS[problem["code"]]
    if kind is errors.Invalid:
        raise Refused(problem["code"], problem["message"], hint=problem["hint"], position=problem["position"])
    raise kind(problem["code"], problem["message"], hint=problem["hint"])

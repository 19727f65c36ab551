"""One question as its answer sees it."""

from dataclasses import dataclass
from typing import Any

import duckdb

from registry.data.reading.child import cells, sentences
from registry.data.reading.child.sentences import Problem

CHEAP_COUNT_BYTES = 32 * 1024 * 1024
BEYOND = 10**9  # an error of a whole query: where it stands in a person's own text can't be said


@dataclass(frozen=True, slots=True)
class Asked:
    connection: duckdb.DuckDBPyConnection  # with the view `data`, and locked
    columns: list[cells.Column]  # of `data`
    links: list[str]
    question: dict[str, Any]

    @property
    def table(self) -> dict[str, Any]:
        return self.question["table"]

    @property
    def reading(self) -> dict[str, Any]:
        return self.table.get("reading") or {}

    @property
    def size(self) -> int:
        return sum(int(one.get("size") or 0) for one in self.table["files"])

    def one(self, query: str) -> Any:
        """The first value of the first row."""
        row = self.connection.execute(query).fetchone()
        return None if row is None else row[0]

    def fetched(self, columns: list[cells.Column], query: str) -> list[list[Any]]:
        """The rows of a query of ours, safe for JSON."""
        return cells.safe_rows(self.connection.execute(cells.select(columns, query)).fetchall())

    def run(self, query: str) -> list[list[Any]]:
        """The rows of a query that holds a person's own text: what goes wrong is said of that."""
        try:
            return cells.safe_rows(self.connection.execute(query).fetchall())
        except duckdb.Error as error:
            raise sentences.of_sql(error, BEYOND) from error

    def chosen(self, wanted: list[str] | None) -> list[cells.Column]:
        try:
            return cells.listed(self.columns, wanted) if wanted else self.columns
        except KeyError as error:
            raise Problem("bad_column", f"There is no column {str(error.args[0])[:100]!r} here.") from error

    def row_count(self) -> int | None:
        """The number of rows where it costs little: Parquet and Arrow tell it, a small file is counted."""
        is_told = self.table["format"] in ("parquet", "arrow") and not self.reading.get("where")
        if self.table.get("is_head") or not (is_told or self.size <= CHEAP_COUNT_BYTES):
            return None
        return int(self.one("SELECT count(*) FROM data"))

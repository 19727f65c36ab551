"""Looks and pages of rows."""

from typing import Any

import duckdb

from registry.data.reading.child import cells, sentences, source, sql
from registry.data.reading.child.asked import Asked
from registry.data.reading.child.engine import name


def look(asked: Asked) -> dict[str, Any]:
    """Columns, the first rows, the number of rows where that is cheap, and what was found out about the text."""
    return {
        "columns": [column.as_dict() for column in asked.columns],
        "rows": asked.fetched(asked.columns, f"SELECT * FROM data LIMIT {int(asked.question['limit'])}"),
        "row_count": asked.row_count(),
        "found": source.found_out(asked.connection, asked.table, asked.links),
    }


def rows(asked: Asked) -> dict[str, Any]:
    """A page of rows: the first ones, of a random sample, or of those that a condition holds for."""
    question = asked.question
    chosen = asked.chosen(question.get("columns"))
    where, offset = question.get("where") or "", int(question["offset"])
    limit = cells.fitting(chosen, int(question["limit"]))
    if where:
        check_condition(asked.connection, where)
    found = asked.run(cells.select(chosen, f"{_query(asked, chosen)} LIMIT {limit + 1} OFFSET {offset}", limit))
    has_more = len(found) > limit
    count = asked.row_count() if question.get("mode") != "random" and not where else None
    if count is None and not has_more and (found or offset == 0):
        count = offset + len(found)
    return {
        "columns": [column.as_dict() for column in chosen],
        "rows": found[:limit],
        "row_count": count,
        "has_more": has_more,
    }


def _query(asked: Asked, chosen: list[cells.Column]) -> str:
    question = asked.question
    where = question.get("where") or ""
    narrowed = f" WHERE (\n{where}\n)" if where else ""
    taken = f"data{narrowed}"
    if question.get("mode") == "random":
        size, seed = int(question["sample"]), int(question["seed"])
        taken = f"(SELECT * FROM data{narrowed} USING SAMPLE reservoir({size} ROWS) REPEATABLE ({seed}))"
    order = ", ".join(_ordered(asked, one) for one in question.get("order") or [])
    return f"SELECT {cells.names(chosen)} FROM {taken}{f' ORDER BY {order}' if order else ''}"


def _ordered(asked: Asked, one: dict[str, Any]) -> str:
    column = asked.chosen([one["column"]])[0]
    return f"{name(column.name)} {'DESC' if one.get('descending') else 'ASC'} NULLS LAST"


def check_condition(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    """Raise unless it is a condition about the columns; the position in what is raised is one in `where`."""
    before = "SELECT 1 FROM data WHERE (\n"
    sql.refuse_inner_tables(connection, f"{before}{where}\n)")
    try:
        connection.execute(f"{before}{where}\n) LIMIT 0")
    except duckdb.Error as error:
        raise sentences.of_sql(error, len(before)) from error

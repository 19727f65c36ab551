"""A person's own SQL over `data`: one SELECT, its result, and its result as a file for a spreadsheet."""

import re
from pathlib import Path
from typing import Any

import duckdb

from registry.data.reading.child import cells, sentences
from registry.data.reading.child.asked import BEYOND, Asked
from registry.data.reading.child.engine import literal, name
from registry.data.reading.child.sentences import Problem

BEFORE = "SELECT * FROM (\n"  # what `cells.columns_of` puts before a query
# What the engine tells about itself is no secret, but neither is it data.
ABOUT_ITSELF = re.compile(
    r"current_setting|write_log|duckdb_(settings|logs|log_contexts|secrets|temporary_files|external_file_cache)"
)
FORMULA = r"^[=+\-@\t\r]"


def ask(asked: Asked) -> dict[str, Any]:
    """The result of a person's own SQL."""
    query = _checked(asked.connection, asked.question["sql"])
    found = _planned(asked.connection, query)
    limit = cells.fitting(found, int(asked.question["limit"]))
    rows = asked.run(f"{cells.select(found, query, limit)} LIMIT {limit + 1}")
    return {
        "columns": [column.as_dict() for column in found],
        "rows": rows[:limit],
        "has_more": len(rows) > limit,
    }


def export(asked: Asked) -> dict[str, Any]:
    """A result as a CSV file in which no cell is taken for a formula."""
    given, limit = asked.question.get("sql"), int(asked.question["limit"])
    query = _checked(asked.connection, given) if given else "SELECT * FROM data"
    found = _planned(asked.connection, query)
    shown = ", ".join(_harmless(column, at) for at, column in enumerate(found))
    aliases = ", ".join(f"c{at}" for at in range(len(found)))
    out = Path("out") / "result.csv"
    out.parent.mkdir(exist_ok=True)
    limited = f"SELECT {shown} FROM (\n{query}\n) AS asked({aliases}) LIMIT {limit}"
    try:
        written = asked.connection.execute(f"COPY ({limited}) TO '{out}' (FORMAT csv, HEADER true)").fetchone()
    except duckdb.Error as error:
        raise sentences.of_sql(error, BEYOND) from error
    return {"path": str(out.resolve()), "rows": int(written[0]) if written else 0, "limit": limit}


def _harmless(column: cells.Column, at: int) -> str:
    """A column for a spreadsheet: a cell of text that would be taken for a formula begins with an apostrophe."""
    title = name(f"'{column.name}" if re.match(FORMULA, column.name) else column.name or f"column {at + 1}")
    if column.type in ("int", "float", "boolean", "date", "datetime", "time"):
        return f"c{at} AS {title}"
    text = f"CAST(to_json(c{at}) AS VARCHAR)" if column.type == "nested" else f"CAST(c{at} AS VARCHAR)"
    return f"CASE WHEN regexp_matches({text}, {literal(FORMULA)}) THEN '''' || {text} ELSE {text} END AS {title}"


def _checked(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    """One SELECT, without the semicolon at its end."""
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise sentences.of_sql(error, 0) from error
    if len(statements) != 1:
        raise Problem("bad_sql", "Give one SELECT statement at a time." if statements else "Give a SELECT statement.")
    if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI):
        word = text.split()[0].upper()[:20]
        raise Problem("sql_not_allowed", f"{word} is not allowed here: SQL reads the table data by SELECT.")
    query = str(statements[0].query).rstrip().rstrip(";")
    refuse_inner_tables(connection, query)
    return query


def refuse_inner_tables(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Refuse what asks the engine about itself, wherever in a statement it stands."""
    row = connection.execute(f"SELECT json_serialize_sql({literal(query)})").fetchone()
    for found in re.finditer(r'"(?:function_name|table_name)":"((?:[^"\\]|\\.)*)"', str(row[0]) if row else ""):
        if ABOUT_ITSELF.fullmatch(found[1].lower()):
            raise Problem("sql_not_allowed", f"{found[1]} is not allowed here: SQL reads the table data.")


def _planned(connection: duckdb.DuckDBPyConnection, query: str) -> list[cells.Column]:
    try:
        return cells.columns_of(connection, query)
    except duckdb.Error as error:
        raise sentences.of_sql(error, len(BEFORE)) from error

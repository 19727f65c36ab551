"""The questions a reading process answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from registry.data.reading.child import engine, figures, profile, recipe, rows, source, sql
from registry.data.reading.child.asked import Asked
from registry.data.reading.child.limits import Limits

ANSWERS: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "look": rows.look,
    "rows": rows.rows,
    "ask": sql.ask,
    "export": sql.export,
    "profile": profile.profile,
    "correlations": profile.correlations,
    "figure": figures.figure,
}


def answer(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The answer to one question. Raises what `sentences` turns into a problem."""
    if question["what"] in recipe.QUESTIONS:
        return recipe.answer(question, limits)
    table = question["table"]
    folders = [f"{Path.cwd()}/out/"] if question["what"] == "export" else []
    with source.linked(table) as links, engine.opened(limits, source.openable(links), folders) as connection:
        columns = source.make_view(connection, table, links)
        engine.lock(connection)
        return ANSWERS[question["what"]](Asked(connection, columns, links, question))


def warm_up(limits: Limits) -> None:
    """What the first question would otherwise wait for."""
    with engine.opened(limits, []) as connection:
        connection.execute("SELECT 1").fetchall()

"""A recipe as a program of its own: plain Polars or pandas, with the small functions it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier.dataflow import carrying_out
from atelier.dataflow import column_types as kinds
from atelier.dataflow.drafts import Statement
from atelier.dataflow.errors import RecipeError
from atelier.dataflow.terms import Term

if TYPE_CHECKING:
    from atelier.dataflow.recipe import Step

LIBRARIES = ("polars", "pandas")
_HERE = Path(__file__).parent / "exported"
_MAIN = 'if __name__ == "__main__":\n    source, target = sys.argv[1:3]\n'
_HEADS = {
    "polars": (
        "import sys\n\nimport polars as pl\n",
        "def prepare(frame: pl.LazyFrame, others: dict[str, pl.LazyFrame]) -> pl.LazyFrame:",
        f"{_MAIN}    prepare(pl.scan_parquet(source), {{}}).sink_parquet(target)\n",
    ),
    "pandas": (
        "import re\nimport sys\nfrom typing import Any\n\nimport numpy as np\nimport pandas as pd\n",
        "def prepare(frame: pd.DataFrame, others: dict[str, pd.DataFrame]) -> pd.DataFrame:",
        f'{_MAIN}    prepare(pd.read_parquet(source, dtype_backend="numpy_nullable"), {{}}).to_parquet(target)\n',
    ),
}


def code(
    steps: Sequence[Step],
    library: str,
    columns: Mapping[str, Any] | None = None,
    others: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    source: str = "",
) -> str:
    """A program with a function `prepare(frame, others)` that does what the recipe does."""
    if library not in LIBRARIES:
        raise RecipeError(f"Code is written for {' or '.join(LIBRARIES)}, not for “{library}”.")
    imports, head, main = _HEADS[library]
    body, used = _body(steps, library, _columns_before(steps, columns, others))
    functions = _functions(library, used)
    title = f'"""Prepares {_one_line(source)}."""\n\n' if source and not set(source) & {'"', "\\"} else ""
    whole = "\n\n\n".join([*functions, f"{head}\n{body}", main])
    return f"{title}from __future__ import annotations\n\n{_imports(imports, whole)}\n\n\n{whole}"


def _body(steps: Sequence[Step], library: str, columns: Sequence[kinds.Columns | None]) -> tuple[str, set[str]]:
    """The lines of the function, and the names they use."""
    lines, used = [], {"nullable"} if library == "pandas" else set()
    if library == "pandas":
        lines += ["    # Types that can hold missing values, so that a gap stays a gap.", "    frame = nullable(frame)"]
    for number, (step, before) in enumerate(zip(steps, columns), start=1):
        if not step.enabled:
            continue
        draft = carrying_out.drafted(step, library, before, number)
        lines.append(f"    # {number}. {_one_line(step.note or step.sentence)}")
        lines += [_indented(statement) for statement in draft.statements]
        used |= {found for statement in draft.statements for found in names_in([statement.target, statement.term])}
    return "\n".join([*lines, "    return frame"]), used


def _one_line(text: str) -> str:
    """Text for a comment: what people write can end neither the line nor the program."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _columns_before(
    steps: Sequence[Step],
    columns: Mapping[str, Any] | None,
    others: Mapping[str, Mapping[str, Any]] | None,
) -> list[kinds.Columns | None]:
    if columns is None:
        return [None] * len(steps)
    from atelier.dataflow import checking

    return [kinds.words_of(columns), *checking.schemas(steps, columns, others)]


def _indented(statement: Statement) -> str:
    return "\n".join(f"    {line}" for line in str(statement).splitlines())


def names_in(piece: Any) -> Iterator[str]:
    """The names a piece of code uses."""
    if isinstance(piece, Term):
        if piece._kind == "name":
            yield piece._parts[0]
        else:
            yield from names_in(list(piece._parts))
    elif isinstance(piece, (list, tuple)):
        for item in piece:
            yield from names_in(item)
    elif isinstance(piece, dict):
        yield from names_in([*piece.keys(), *piece.values()])


def _functions(library: str, used: set[str]) -> list[str]:
    """The text of the functions that are used, and of those they use, as it stands in their file."""
    text = (_HERE / f"{library}_functions.py").read_text(encoding="utf-8")
    known = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    wanted, waiting = set(), [name for name in used if name in known]
    while waiting:
        found = waiting.pop()
        wanted.add(found)
        inner = {node.id for node in ast.walk(known[found]) if isinstance(node, ast.Name)}
        waiting += [name for name in inner & set(known) if name not in wanted]
    return [ast.get_source_segment(text, node) or "" for name, node in known.items() if name in wanted]


def _imports(imports: str, whole: str) -> str:
    """The imports the program needs, and no others."""
    needed = {"import re": "re.", "from typing import Any": "Any", "import numpy as np": "np."}
    kept = [line for line in imports.splitlines() if needed.get(line, "") in whole]
    return "\n".join(kept)

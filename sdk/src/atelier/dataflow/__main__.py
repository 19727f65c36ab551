"""`python -m atelier.dataflow run recipe.json --input PATH… --output FOLDER`: a recipe as a job or a pipeline's step."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from atelier.dataflow import running
from atelier.dataflow.errors import DataflowError, RecipeError
from atelier.dataflow.exporting import LIBRARIES
from atelier.dataflow.recipe import Recipe


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries out what the command line says; the exit status is 0, 1 when it went wrong, 2 when it was called wrongly."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except (DataflowError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m atelier.dataflow", description="Carries out data-preparation recipes."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="carry a recipe out on files")
    run.add_argument("recipe", type=Path, help="the recipe, a JSON file")
    run.add_argument("--input", nargs="+", required=True, metavar="PATH", help="files or folders to read")
    run.add_argument("--output", required=True, metavar="FOLDER", help="the folder to write into")
    run.add_argument(
        "--other", nargs="+", action="append", default=[], metavar=("REFERENCE", "PATH"), help="data to join"
    )
    run.add_argument("--format", choices=running.FORMATS, default="parquet")
    run.add_argument("--name", default="data", help="the name of the file that is written (data)")
    run.add_argument("--tables", type=Path, help="a JSON file: how the data of each reference is read")
    run.set_defaults(run=_run)
    code = commands.add_parser("code", help="print a recipe as a program")
    code.add_argument("recipe", type=Path, help="the recipe, a JSON file")
    code.add_argument("--for", dest="library", choices=LIBRARIES, default="polars")
    code.set_defaults(run=_code)
    return parser


def _run(given: Any) -> None:
    if any(len(other) < 2 for other in given.other):
        raise RecipeError("--other takes a reference and the paths of its files.")
    others = {other[0]: other[1:] for other in given.other}
    recipe = _read(given.recipe)
    tables = _json(given.tables) if given.tables else {}
    target = running.run(
        recipe, given.input, given.output, others=others, form=given.format, name=given.name, tables=tables
    )
    print(target)


def _code(given: Any) -> None:
    print(_read(given.recipe).code(given.library))


def _read(path: Path) -> Recipe:
    return Recipe.from_dict(_json(path))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecipeError(f"{path} is not JSON: {error}.") from error


if __name__ == "__main__":
    sys.exit(main())

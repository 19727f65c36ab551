"""`python -m atelier.components run split_data:1 --input dataset=PATH --output results_dataset1=PATH`: a step of a pipeline."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier import _problem_file
from atelier.components import catalogue, context, documenting, running
from atelier.components.errors import ComponentError

PARAMETERS = "ATELIER_COMPONENT_PARAMETERS"


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries out what the command line says; the exit status is 0, 1 when it went wrong, 2 when it was called wrongly."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except ComponentError as error:
        print(f"error: {error.sentence}", file=sys.stderr)
        _problem_file.tell(error.sentence)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m atelier.components", description="The designer's components.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="carry a component out on files")
    run.add_argument("component", help="its name, with a version or without: split_data:1")
    run.add_argument("--input", action="append", default=[], type=_place, metavar="PORT=PATH")
    run.add_argument("--output", action="append", default=[], type=_place, metavar="PORT=PATH")
    run.add_argument("--parameters", type=Path, metavar="FILE", help=f"a JSON file; without it {PARAMETERS} is read")
    run.set_defaults(run=_run)
    commands.add_parser("list", help="print every component's name").set_defaults(run=_list)
    show = commands.add_parser("show", help="print a component's declaration as JSON")
    show.add_argument("component")
    show.set_defaults(run=_show)
    docs = commands.add_parser("docs", help="write the pages of documentation into a folder")
    docs.add_argument("folder", type=Path)
    docs.set_defaults(run=_docs)
    return parser


def _run(given: Any) -> None:
    component = running.find(given.component)
    own = context.of_active_run()
    try:
        print(f"{component.label}, version {component.version}")
        for line in running.run(component, dict(given.input), dict(given.output), _parameters(given), own):
            print(line, flush=True)
    except ComponentError as error:
        raise ComponentError(f"{component.label}: {error.sentence}") from error
    except Exception as error:
        _problem_file.tell(_unforeseen(component.label, error))
        raise  # the log has the lines
    finally:
        own.close()


def _unforeseen(label: str, error: Exception) -> str:
    said = " ".join(str(error).split())
    cause = type(error).__name__ + (f": {said[:300].rstrip('.')}" if said else "")
    return f"{label} could not go on: {cause}. Its log shows where; check its settings and the data it gets."


def _list(given: Any) -> None:
    for component in catalogue.every():
        print(f"{component.name}:{component.version}\t{component.category}\t{component.label}")


def _show(given: Any) -> None:
    print(json.dumps(running.find(given.component).to_dict(), ensure_ascii=False, indent=2))


def _docs(given: Any) -> None:
    for path in documenting.write(given.folder):
        print(path)


def _parameters(given: Any) -> Mapping[str, Any]:
    text = given.parameters.read_text(encoding="utf-8") if given.parameters else os.environ.get(PARAMETERS, "") or "{}"
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ComponentError(f"The parameters are not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise ComponentError("The parameters must be one JSON object.")
    return found


def _place(text: str) -> tuple[str, Path]:
    port, equals, path = text.partition("=")
    if not equals or not path:
        raise argparse.ArgumentTypeError(f"PORT=PATH is wanted, not {text!r}")
    return port, Path(path)


if __name__ == "__main__":
    sys.exit(main())

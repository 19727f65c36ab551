"""The process in which the model lives: loads it once, scores what it is asked for, and can be killed at any moment.

    python -m atelier.serving.batch.child FOLDER REPLIES

It reads one request a line from its standard input and answers one line on the descriptor REPLIES; its standard output is
the script's own.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from atelier.serving import settings as serving_settings
from atelier.serving.batch import scorers, tables
from atelier.serving.batch.rows import line
from atelier.serving.problems import LoadProblem, load_problem


class Input:
    """The input's files, where the worker has put them; a table is read once."""

    def __init__(self, folder: Path, told: Mapping[str, Any], reading: Mapping[str, Any]) -> None:
        self._folder = folder
        self._told = told
        self._reading = reading
        self._frame: Any = None

    def path(self, item: str) -> Path:
        return self._folder / (item or self._told["name"] or "input")

    def name(self, item: str) -> str:
        return item or str(self._told["name"] or self._told["path"])

    def frame(self, item: Mapping[str, Any]) -> Any:
        if self._frame is None:
            self._frame = self._table(str(item["file"]))
        return tables.span(self._frame, int(item["from"]), int(item["to"]))

    def _table(self, file: str) -> Any:
        if self._told["type"] == "mltable":
            import mltable

            return mltable.load(str(self._told["path"])).to_pandas_dataframe()
        return tables.read(self.path(file), self.name(file), self._reading)


def main(folder: Path, replies: int) -> int:
    """Serves requests until its input ends; 3 when the model can't be loaded."""
    plan = json.loads((folder / "plan.json").read_text())
    answers = os.fdopen(replies, "wb", buffering=0)
    logging.basicConfig(level=str(plan["settings"]["logging_level"]).upper())
    settings = replace(serving_settings.of_this_process(), state_file=None)
    os.chdir(settings.app_root)
    source = Input(folder / "input", plan["input"], plan["reading"])
    try:
        scorer = scorers.load(settings, source, str(plan["mode"]))
    except LoadProblem as problem:
        if problem.__cause__ is not None:
            traceback.print_exception(problem.__cause__)
        return _refuse(answers, problem)
    except BaseException as error:  # noqa: BLE001 - users' code may raise anything
        traceback.print_exc()
        return _refuse(answers, load_problem(error, what="The model can't be loaded", root=settings.app_root))
    _tell(answers, {"ready": True})
    for request in sys.stdin.buffer:
        _tell(answers, _answer(scorer, json.loads(request)))
    return 0


def _answer(scorer: scorers.Scorer, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The rows go into the file the request names; the answer counts them."""
    items: Sequence[Any] = asked["items"]
    try:
        found = scorer.score(items, one_by_one=bool(asked["one_by_one"]))
        with open(asked["file"], "wb") as sink:
            sink.writelines(line(row) for row in found.rows)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - users' code may raise anything
        traceback.print_exc()
        return {"problem": scorers.said(error)}
    return {"rows": len(found.rows), "lost": [list(each) for each in found.lost]}


def _refuse(answers: Any, problem: LoadProblem) -> int:
    _tell(answers, problem.as_dict())
    return 3


def _tell(answers: Any, value: Mapping[str, Any]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    answers.write(json.dumps(value).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))

"""One worker: fetches model and code, then takes parts until none are left, as many at a time as the deployment says."""

from __future__ import annotations

import json
import os
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from atelier.runner import client as http
from atelier.serving.batch import processes
from atelier.serving.batch.door import Door, Gone, Stale
from atelier.serving.places import MODELS_FOLDER

CANNOT_LOAD = 3
KEEP_SECONDS = 15.0
WAIT_SECONDS = 1.0
KEPT_LOST = 1_000


class Result(NamedTuple):
    """What a part gave."""

    rows: bytes
    total: int
    lost: list[list[Any]]


def main() -> int:
    """Works until there is nothing left; 3 when the model can't be loaded."""
    variables = dict(os.environ)
    door = Door(variables)
    try:
        plan = door.plan()
        folder = Path.cwd() / "scoring"
        variables |= bring(door, plan, folder)
        return Worker(door, plan, folder, variables).run()
    except Gone as error:
        print(f"Nothing more to do: {error}", flush=True)
        return 0


def bring(door: Door, plan: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Model and code in the places where Azure has them; answers the variables that say so."""
    app = folder / "app"
    model = plan["model"]
    top = app / MODELS_FOLDER / str(model["name"]) / str(model["version"])
    top.mkdir(parents=True, exist_ok=True)
    (folder / "input").mkdir(exist_ok=True)
    if plan["code"]:
        packed = folder / "code.zip"
        door.file(str(plan["code"]), packed)
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(app)
        packed.unlink()
    for file in model["files"]:
        door.file(str(file["sha256"]), inside(top, str(file["path"])))
    (folder / "plan.json").write_text(json.dumps(plan))
    print(f"Scoring with {model['name']}:{model['version']} for batch job {plan['batch']}.", flush=True)
    return {
        "AZUREML_MODEL_DIR": str(top),
        "AZUREML_ENTRY_SCRIPT": str(plan["scoring_script"]),
        "AML_APP_ROOT": str(app),
    }


def inside(top: Path, name: str) -> Path:
    """The place of a file below a folder. Raises ValueError for a name that leads out of it."""
    place = top / name
    if not place.resolve().is_relative_to(top.resolve()):
        raise ValueError(f"the name {name!r} leads out of its folder")
    return place


class Worker:
    """Lanes that each hold one scoring process."""

    def __init__(self, door: Door, plan: Mapping[str, Any], folder: Path, variables: Mapping[str, str]) -> None:
        self._door = door
        self._plan = plan
        self._folder = folder
        self._variables = variables
        self._seconds = float(plan["settings"]["timeout"])
        self._fetching = threading.Lock()
        self._ends = threading.Event()
        self._code = 0

    def run(self) -> int:
        count = int(self._plan["settings"]["max_concurrency_per_instance"])
        lanes = [threading.Thread(target=self._lane, args=(number,)) for number in range(count)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        return self._code

    def _lane(self, number: int) -> None:
        process = processes.ScoringProcess(self._folder, self._variables, number)
        try:
            process.ensure()
            while not self._ends.is_set():
                taken = self._door.take()
                if taken["part"] is not None:
                    self._carry_out(process, taken["part"])
                elif taken["is_over"]:
                    return
                else:
                    self._ends.wait(WAIT_SECONDS)
        except processes.CannotLoad as error:
            self._give_up(str(error))
        except Gone as error:
            print(f"Nothing more to do: {error}", flush=True)
            self._ends.set()
        except (http.Unreachable, http.Refused) as error:
            print(f"The studio can't be worked for: {error}", flush=True)
            self._ends.set()
            self._code = 1
        finally:
            process.kill()

    def _give_up(self, problem: str) -> None:
        print(problem, flush=True)
        self._ends.set()
        self._code = CANNOT_LOAD
        try:
            self._door.problem(problem)
        except (Gone, http.Unreachable, http.Refused) as error:
            print(f"The studio was not told: {error}", flush=True)

    def _carry_out(self, process: processes.ScoringProcess, part: dict[str, Any]) -> None:
        began = time.monotonic()
        keeper = _Keeper(self._door, part)
        keeper.start()
        try:
            found = self._scored(process, part)
            self._send_own(process.own_output)
            lost = sum(int(each[2]) for each in found.lost)
            named = [{"item": str(each[0]), "problem": str(each[1])} for each in found.lost[:KEPT_LOST]]
            self._door.done(part, found.rows, found.total, named, lost)
            failed = f", {lost} failed" if lost else ""
            print(f"Part {part['number']}: {found.total} rows{failed}, {time.monotonic() - began:.1f} s", flush=True)
        except (processes.Failed, http.Refused, OSError, ValueError) as error:
            print(f"Part {part['number']} failed (attempt {part['attempt']}): {error}", flush=True)
            self._say_failed(part, str(error))
        except Stale as error:
            print(str(error), flush=True)
        finally:
            keeper.close()

    def _say_failed(self, part: dict[str, Any], problem: str) -> None:
        try:
            self._door.failed(part, problem)
        except Stale as error:
            print(str(error), flush=True)

    def _scored(self, process: processes.ScoringProcess, part: dict[str, Any]) -> Result:
        items, is_last = part["items"], bool(part["is_last"])
        self._fetch(items)
        alone = is_last and self._plan["mode"] == "files" and len(items) > 1
        if not alone:
            return Result(*process.score(items, one_by_one=is_last, seconds=self._seconds))
        # The last try: each item by itself, so that one that hangs or kills the process costs only itself.
        found = Result(b"", 0, [])
        for item in items:
            try:
                rows, count, lost = process.score([item], one_by_one=True, seconds=self._seconds)
                found = Result(found.rows + rows, found.total + count, [*found.lost, *lost])
            except processes.Failed as error:
                found = found._replace(lost=[*found.lost, [item, str(error), 1]])
        return found

    def _fetch(self, items: list[Any]) -> None:
        """The files of these items, which stay for the next try."""
        told = self._plan["input"]
        if told["type"] == "mltable":
            return
        for item in items:
            name = str(item["file"] if isinstance(item, dict) else item)
            place = inside(self._folder / "input", name or told["name"] or "input")
            with self._fetching:
                if not place.exists():
                    self._door.input(name, place)

    def _send_own(self, folder: Path) -> None:
        """What the script wrote by itself goes beside the output, and away from here."""
        for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
            self._door.output(path.relative_to(folder).as_posix(), path)
            path.unlink()


class _Keeper(threading.Thread):
    """Says that a part is being worked at, until it is closed."""

    def __init__(self, door: Door, part: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self._door = door
        self._part = part
        self._closed = threading.Event()

    def run(self) -> None:
        while not self._closed.wait(KEEP_SECONDS):
            try:
                self._door.keep(self._part)
            except (Stale, Gone, http.Refused):
                return

    def close(self) -> None:
        self._closed.set()

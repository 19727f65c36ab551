"""A scoring script: `init()` once, `run(data)` for each request, as Azure ML calls them."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

from atelier.serving import azureml_names
from atelier.serving.messages import Answer, Request, json_answer
from atelier.serving.problems import LoadProblem, Problem, load_problem
from atelier.serving.scoring import SCORE, Call, Prepared
from atelier.serving.settings import Settings

MODULE_NAME = "atelier_entry_script"


def load_module(settings: Settings) -> types.ModuleType:
    """The script, imported with its own folder and the code's root on the path. Raises LoadProblem with the place."""
    root = settings.app_root
    path = root / settings.entry_script
    if not path.is_file():
        raise LoadProblem(f"There is no scoring script {settings.entry_script} in {root}.", file=settings.entry_script)
    for folder in (root, path.parent):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    azureml_names.offer()
    spec = importlib.util.spec_from_file_location(MODULE_NAME, path)
    if spec is None or spec.loader is None:
        raise LoadProblem(f"The scoring script {settings.entry_script} is no Python file.", file=settings.entry_script)
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE_NAME] = module
    with naming_the_place(f"The scoring script {settings.entry_script} can't be imported", root):
        spec.loader.exec_module(module)
    return module


def function_of(module: types.ModuleType, name: str, settings: Settings) -> Callable[..., Any]:
    """A function the script has to have. Raises LoadProblem when it has none."""
    found = getattr(module, name, None)
    if not callable(found):
        raise LoadProblem(
            f"The scoring script {settings.entry_script} has no function {name}().", file=settings.entry_script
        )
    return found


def start(module: types.ModuleType, settings: Settings) -> None:
    """Calls the script's `init()`, which it must have. Raises LoadProblem with the place where that failed."""
    init = function_of(module, "init", settings)
    with naming_the_place(f"init() of {settings.entry_script} failed", settings.app_root):
        init()


@contextlib.contextmanager
def naming_the_place(what: str, root: Path) -> Any:
    """Whatever is raised inside, `sys.exit()` too, comes out as a LoadProblem that names file and line."""
    try:
        yield
    except LoadProblem:
        raise
    except (Exception, SystemExit) as error:
        raise load_problem(error, what=what, root=root) from error


class ScriptScorer:
    """Serves a script's `run`; its `run_batch(items)`, where it has one, takes several requests at once."""

    kinds = frozenset({SCORE})

    def __init__(self, module: types.ModuleType, settings: Settings, *, name: str, version: str) -> None:
        self.name = name
        self.version = version
        self.description: dict[str, Any] = {"served": "script", "script": settings.entry_script}
        self._run = function_of(module, "run", settings)
        self._run_batch = getattr(module, "run_batch", None)
        self._takes_request = bool(getattr(self._run, "takes_whole_request", False))
        self._key = "run" if callable(self._run_batch) and not self._takes_request else None

    def prepare(self, call: Call) -> Prepared:
        request = call.request
        if self._takes_request:
            return Prepared(azureml_names.AMLRequest(request), _answer)
        if request.method == "GET":
            return Prepared(request.arguments, _answer, params="arguments")
        return Prepared(_text(request), _answer, key=self._key)

    def predict(self, data: Any, params: Any) -> Any:
        return self._run(**data) if params == "arguments" else self._run(data)

    def predict_together(self, prepared: Sequence[Prepared]) -> list[Any] | None:
        result = self._run_batch([one.data for one in prepared])  # type: ignore[misc]
        return list(result) if isinstance(result, (list, tuple)) and len(result) == len(prepared) else None


def _text(request: Request) -> str:
    try:
        return request.text()
    except Problem as problem:
        raise Problem(400, "bad_request", f"{problem.detail} A script that takes bytes needs @rawhttp.") from None


def _answer(result: Any) -> Answer:
    if not hasattr(result, "status_code"):
        return json_answer(result)
    said = dict(getattr(result, "headers", {})).items()
    headers = tuple((_one_line(name), _one_line(value)) for name, value in said)
    message = getattr(result, "message", None)
    if message is None and hasattr(result, "get_data"):
        message = result.get_data()
    return _with_own_status(message, int(result.status_code), headers, json_str=getattr(result, "json_str", False))


def _one_line(text: Any) -> str:
    return str(text).replace("\r", " ").replace("\n", " ")


def _with_own_status(message: Any, status: int, headers: tuple[tuple[str, str], ...], *, json_str: bool) -> Answer:
    kept = tuple(pair for pair in headers if pair[0].lower() not in ("content-type", "content-length"))
    given = next((value for name, value in headers if name.lower() == "content-type"), "")
    if json_str or not isinstance(message, (str, bytes, bytearray)):
        return json_answer(message, status=status, headers=kept)
    body = message.encode() if isinstance(message, str) else bytes(message)
    return Answer(body, status=status, media_type=given or "text/plain; charset=utf-8", headers=kept)

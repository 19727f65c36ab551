"""What can be wrong with a request or with what shall be served, each as one clear sentence."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple


class FieldProblem(NamedTuple):
    """One field of the input and what is wrong with it."""

    field: str
    problem: str


class Problem(Exception):
    """A request that is answered with an error."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Iterable[FieldProblem] = (),
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = tuple(fields)
        self.headers = tuple(headers)

    def as_dict(self, request_id: str) -> dict[str, Any]:
        """The body of the answer (RFC 9457). `error` is what clients of the Open Inference Protocol read."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "error": self.detail,
            "request_id": request_id,
        }
        if self.fields:
            body["errors"] = [{"field": field, "problem": problem} for field, problem in self.fields]
        return body


def bad_json(detail: str) -> Problem:
    """The body can't be read at all."""
    return Problem(400, "bad_json", detail)


def bad_request(detail: str) -> Problem:
    """The body can be read and is not what this path takes."""
    return Problem(400, "bad_request", detail)


def wrong_input(fields: Iterable[FieldProblem]) -> Problem:
    """The input does not fit the model's signature: the sentence names the first fields, `errors` all of them."""
    found = tuple(fields)
    named = " ".join(f"“{field}” {problem}" for field, problem in found[:3])
    more = f" And {len(found) - 3} more." if len(found) > 3 else ""
    return Problem(422, "wrong_input", f"The input does not fit the model: {named}{more}", fields=found)


class LoadProblem(Exception):
    """What shall be served can't be: the process says so and ends with 3."""

    def __init__(self, problem: str, *, file: str = "", line: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.file = file
        self.line = line

    def as_dict(self) -> dict[str, Any]:
        return {"problem": self.problem, "file": self.file, "line": self.line}


def load_problem(error: BaseException, *, what: str, root: Path) -> LoadProblem:
    """The error as a problem with the place in the user's own code: the innermost frame below the root."""
    file, line = _place(error, root)
    said = traceback.format_exception_only(type(error), error)[-1].strip()
    return LoadProblem(f"{what}: {said}", file=file, line=line)


def _place(error: BaseException, root: Path) -> tuple[str, int | None]:
    if isinstance(error, SyntaxError) and error.filename:
        return _shown(error.filename, root), error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    below = [frame for frame in frames if _is_below(frame.filename, root)]
    own = os.path.dirname(os.path.abspath(__file__))
    others = [frame for frame in frames if not frame.filename.startswith((own, "<frozen"))]
    chosen = (below or others or list(frames))[-1:]
    return (_shown(chosen[0].filename, root), chosen[0].lineno) if chosen else ("", None)


def _is_below(filename: str, root: Path) -> bool:
    path = os.path.realpath(filename)
    # An environment inside the folder is nobody's own code.
    return path.startswith(str(root.resolve()) + os.sep) and not path.startswith(os.path.realpath(sys.prefix) + os.sep)


def _shown(filename: str, root: Path) -> str:
    path = os.path.realpath(filename)
    top = str(root.resolve()) + os.sep
    return path[len(top) :] if path.startswith(top) else filename

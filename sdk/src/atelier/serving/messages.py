"""A request and its answer, as the parts of the runtime hand them on."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote

from atelier.serving.problems import Problem, bad_json

JSON = "application/json"


class Request:
    """One request as it came in, whole."""

    __slots__ = ("body", "headers", "id", "keeps_open", "method", "query", "route_path")

    def __init__(self, method: str, route_path: str, query: str, headers: dict[bytes, bytes], body: bytes) -> None:
        self.method = method
        self.route_path = route_path
        self.query = query
        self.headers = headers
        self.body = body
        self.id = ""
        self.keeps_open = True

    def header(self, name: str, default: str = "") -> str:
        value = self.headers.get(name.encode("latin-1"))
        return default if value is None else value.decode("latin-1")

    @property
    def path(self) -> str:
        return unquote(self.route_path)

    @property
    def media_type(self) -> str:
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def arguments(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def text(self) -> str:
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise bad_json(f"The body is not UTF-8: byte {error.start} can't be read.") from None

    def json(self) -> Any:
        """The body as JSON. NaN and Infinity, which Python and MLflow write, are read too."""
        import orjson

        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            return self._lenient_json(str(error))

    def _lenient_json(self, said: str) -> Any:
        import json

        if b"NaN" in self.body or b"Infinity" in self.body:
            try:
                return json.loads(self.body)
            except (ValueError, RecursionError):
                pass
        raise bad_json(f"The body is no JSON: {said}.")


class Answer:
    """What goes back."""

    __slots__ = ("body", "headers", "media_type", "status")

    def __init__(
        self, body: bytes, *, status: int = 200, media_type: str = JSON, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.body = body
        self.status = status
        self.media_type = media_type
        self.headers = headers


def json_answer(value: Any, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """The value as an answer in JSON: arrays and frames as lists and records, NaN as null."""
    from atelier.serving import encoding

    return Answer(encoding.dumps(value), status=status, headers=headers)


def problem_answer(problem: Problem, request_id: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """The problem as an answer."""
    answer = json_answer(problem.as_dict(request_id), status=problem.status, headers=(*problem.headers, *headers))
    answer.media_type = "application/problem+json"
    return answer


def media_type_of(request: Request, known: tuple[str, ...]) -> str | None:
    """Which of the known media types the request has; None when it is another."""
    media_type = request.media_type or known[0]
    return media_type if media_type in known else None

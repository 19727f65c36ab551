"""What a model has to be able to do to be served, whatever it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Protocol

from atelier.serving.messages import Answer, Request

SCORE, INVOCATIONS, INFER = "score", "invocations", "infer"


class Call(NamedTuple):
    """One request to the model: by which path it came, and what it says."""

    kind: str
    request: Request


class Prepared:
    """A request read and checked: what the model is given, and how its result becomes the answer."""

    __slots__ = ("data", "finish", "key", "params", "rows")

    def __init__(
        self,
        data: Any,
        finish: Callable[[Any], Answer],
        *,
        rows: int = 1,
        params: Any = None,
        key: Any = None,
    ) -> None:
        self.data = data
        self.finish = finish
        self.rows = rows
        self.params = params
        # Requests of one key may be joined; None stays alone.
        self.key = key


class Scorer(Protocol):
    """A loaded model. All of it is called by model threads, never by the thread that talks to clients."""

    kinds: frozenset[str]
    name: str
    version: str
    description: dict[str, Any]

    def prepare(self, call: Call) -> Prepared:
        """Reads and checks the request. Raises Problem."""

    def predict(self, data: Any, params: Any) -> Any:
        """The model's result. Whatever it raises, but Problem, is a crash of the model."""

    def predict_together(self, prepared: Sequence[Prepared]) -> list[Any] | None:
        """The results of requests of one key from one run; None when it can't be said whose is whose."""


def cut(result: Any, prepared: Sequence[Prepared]) -> list[Any] | None:
    """An array, list or frame of as many rows as went in, cut where the requests meet."""
    rows = sum(one.rows for one in prepared)
    shape = getattr(result, "shape", None)
    length = (shape[0] if shape else None) if shape is not None else (len(result) if type(result) is list else None)
    if length != rows:
        return None
    taken = result.iloc if hasattr(result, "iloc") else result
    parts, start = [], 0
    for one in prepared:
        parts.append(taken[start : start + one.rows])
        start += one.rows
    return parts

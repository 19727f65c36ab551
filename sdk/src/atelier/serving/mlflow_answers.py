"""Answers of models in MLflow's format, and what is looked at in a CSV before it is read."""

from __future__ import annotations

import csv
import io
from typing import Any, Callable

from atelier.serving import checking, encoding
from atelier.serving.messages import Answer
from atelier.serving.payloads import Frame
from atelier.serving.problems import bad_request
from atelier.serving.scoring import SCORE
from atelier.serving.signatures import Signature

# So many rows of a CSV are looked at to say which field is wrong.
CSV_ROWS = 10_000


def finisher(kind: str, *, unwrapped: bool = False) -> Callable[[Any], Answer]:
    """How predictions are answered: `/invocations` as MLflow does, `/score` as Azure does, without the wrapping."""
    return _bare if unwrapped or kind == SCORE else _wrapped


def _wrapped(result: Any) -> Answer:
    return Answer(b'{"predictions":' + encoding.dumps(encoding.plain(result)) + b"}")


def _bare(result: Any) -> Answer:
    return Answer(encoding.dumps(encoding.plain(result)))


def check_csv(text: str, signature: Signature, *, refuses_extra: bool) -> None:
    """Raises the problem that names what is missing or of another type."""
    try:
        frame = csv_frame(text)
    except csv.Error as error:
        raise bad_request(f"The body is no CSV that can be read: {error}.") from None
    checking.check_names(frame, signature, refuses_extra=refuses_extra)
    checking.check_values(frame, signature)


def csv_frame(text: str) -> Frame:
    """The CSV's columns as text; an empty cell is None."""
    rows = csv.reader(io.StringIO(text))
    names = next(rows, None)
    if not names:
        raise bad_request("The CSV is empty; its first line must name the columns.")
    taken = [row for _, row in zip(range(CSV_ROWS), rows) if row]
    for number, row in enumerate(taken):
        if len(row) != len(names):
            raise bad_request(f"Row {number} of the CSV has {len(row)} values; there are {len(names)} columns.")
    columns = {name: [row[at] or None for row in taken] for at, name in enumerate(names)}
    return Frame(columns, len(taken))

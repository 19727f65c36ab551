"""A report's text cut into prose and live blocks.

A live block is a fence whose info is `chart`, `runs` or `run`; its inside is YAML:

    ```chart
    metrics: [val/loss]
    experiment: vision/digits
    filter: params.lr < 0.1
    ```
"""

from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from studio import plain_yaml
from studio.api.parsers import refuse_bad_text
from studio.errors import Invalid
from studio.web.markdown import to_html

CHART, RUNS, RUN = "chart", "runs", "run"
MAX_BLOCKS = 50
MAX_RUNS = 50
MAX_METRICS = 12
MAX_COLUMNS = 40
AXES = ("step", "relative", "time")
_SOURCE = {"runs": list, "experiment": str, "filter": str, "sort": str, "limit": int}
# Kind → the fields it takes and the type of each.
FIELDS: dict[str, dict[str, type]] = {
    CHART: {**_SOURCE, "title": str, "metrics": list, "x": str, "log": bool, "smoothing": float},
    RUNS: {**_SOURCE, "title": str, "columns": list},
    RUN: {"id": str},
}
_PARSER = MarkdownIt("commonmark")


class BlockError(Exception):
    """One sentence on what is wrong with a block; the rest of the report stands."""


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a report. `values` belong to a live block, `error` says why it can't be shown."""

    kind: str  # "prose", or CHART, RUNS, RUN
    number: int
    html: SafeString | None = None
    text: str = ""
    values: dict[str, Any] | None = None
    error: str = ""


def parts(body: str) -> list[Block]:
    """The report in its order. Fences inside lists and quotes stay prose."""
    lines = body.splitlines(keepends=True)
    found: list[Block] = []
    at = 0
    for token in _PARSER.parse(body):
        kind = token.info.strip()
        if token.type == "fence" and token.level == 0 and token.map and kind in FIELDS:
            _prose(found, lines[at : token.map[0]])
            found.append(_live(kind, token.content, len(found)))
            at = token.map[1]
    _prose(found, lines[at:])
    return found


def _prose(found: list[Block], lines: list[str]) -> None:
    text = "".join(lines)
    if text.strip():
        found.append(Block("prose", len(found), html=to_html(text), text=text))


def _live(kind: str, text: str, number: int) -> Block:
    if number >= 2 * MAX_BLOCKS:  # prose between them counts too
        return Block(kind, number, error=f"A report shows at most {MAX_BLOCKS} live blocks.")
    try:
        return Block(kind, number, text=text, values=_values(kind, text))
    except BlockError as error:
        return Block(kind, number, text=text, error=str(error))


def _values(kind: str, text: str) -> dict[str, Any]:
    values = _mapping(kind, text)
    fields = FIELDS[kind]
    for name, value in values.items():
        if name not in fields:
            raise BlockError(f"A {kind} block has no field {str(name)[:40]!r}; it has {', '.join(sorted(fields))}.")
        values[name] = _typed(name, value, fields[name])
    _require(kind, values)
    return values


def _mapping(kind: str, text: str) -> dict[Any, Any]:
    if kind == RUN and ":" not in text:
        return {"id": text.strip()}
    try:
        values = plain_yaml.load(text) or {}
    except yaml.YAMLError as error:
        raise BlockError(f"This block is no YAML: {str(error).splitlines()[0]}.") from None
    if not isinstance(values, dict):
        raise BlockError(f"A {kind} block is made of lines such as experiment: vision/digits.")
    return values


def _typed(name: str, value: Any, wanted: type) -> Any:
    if wanted is list:
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str | int | float) for item in items):
            raise BlockError(f"{name} is a list of names.")
        return [_word(name, item) for item in items]
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) <= 1 else 2.0  # out of bounds, however long it is
    if wanted is str and isinstance(value, str | int | float):
        return _word(name, value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise BlockError(f"{name} is {_WORDS[wanted]}.")
    return value


def _word(name: str, value: str | float) -> str:
    """A value as text that every database takes."""
    try:
        word = str(value)
        refuse_bad_text(word)
    except (ValueError, Invalid):
        raise BlockError(f"{name} holds a character that can't be stored, or a number that is too long.") from None
    return word


_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _require(kind: str, values: dict[str, Any]) -> None:
    if kind == RUN and not values.get("id"):
        raise BlockError("A run block names one run by its id, such as k3v9x2m7qabc.")
    if kind == CHART and not 1 <= len(values.get("metrics", [])) <= MAX_METRICS:
        raise BlockError(f"A chart block names 1 to {MAX_METRICS} metrics, such as metrics: [val/loss].")
    if kind != RUN and not any(values.get(name) for name in ("runs", "experiment", "filter")):
        raise BlockError("Say which runs: by runs, experiment or filter.")
    if len(values.get("columns", [])) > MAX_COLUMNS:
        raise BlockError(f"A table of runs has at most {MAX_COLUMNS} columns.")
    if values.get("x", AXES[0]) not in AXES:
        raise BlockError(f"x is {', '.join(AXES)}.")
    if not 0 <= values.get("smoothing", 0.0) <= 0.99:
        raise BlockError("smoothing is between 0 and 0.99.")
    if not 1 <= values.get("limit", 1) <= MAX_RUNS:
        raise BlockError(f"limit is between 1 and {MAX_RUNS}.")

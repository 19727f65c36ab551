"""What a table shows: the question, read once at the border."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from runs.grid import columns
from runs.grid.columns import Column
from studio.errors import Invalid

MAX_FILTER = 10_000
MAX_ORDER = 5
MAX_GROUPS = 5
MAX_OPEN = 2_000
MAX_PATH = 500
NEWEST_FIRST = "-attribute:created"
FIELDS = frozenset({"experiment", "filter", "archived", "order", "group", "tree", "open", "closed"})


@dataclass(frozen=True, slots=True)
class Order:
    column: Column
    descending: bool

    @property
    def spec(self) -> str:
        return f"{'-' if self.descending else ''}{self.column.spec}"


@dataclass(frozen=True, slots=True)
class GridQuery:
    """Which runs, in which order, and how they are laid out.

    `group` and `tree` are two ways to lay out the same runs; grouping wins. `open` and `closed` name group rows (by
    their path, `["0.1", "adam"]` as JSON) or parents (by their id) that differ from how a layout opens by itself.
    """

    experiment: str = ""  # a path, its sub-paths included; empty: all
    filter: str = ""
    archived: bool = False
    order: tuple[Order, ...] = ()
    group: tuple[Column, ...] = ()
    tree: bool = False
    open: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()

    @property
    def base_key(self) -> str:
        """The same for two questions about the same runs in the same order, however they are laid out."""
        parts = [self.experiment, self.filter, self.archived, [one.spec for one in self.order]]
        return hashlib.sha256(orjson.dumps(parts)).hexdigest()

    @property
    def is_flat(self) -> bool:
        return not self.group and not self.tree

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "order": [one.spec for one in self.order],
            "group": [one.spec for one in self.group],
            "open": sorted(self.open),
            "closed": sorted(self.closed),
        }


def read(data: object) -> GridQuery:
    """The question a caller asks. Raises Invalid naming the part that makes no sense."""
    if not isinstance(data, Mapping):
        raise _invalid("query", "must be an object")
    if unknown := sorted(str(name) for name in data if name not in FIELDS):
        raise _invalid(unknown[0][:60], f"is not known; a query has {', '.join(sorted(FIELDS))}")
    return GridQuery(
        experiment=_text(data, "experiment", MAX_PATH),
        filter=_text(data, "filter", MAX_FILTER).strip(),
        archived=_flag(data, "archived"),
        order=read_order(_list(data, "order", MAX_ORDER)),
        group=tuple(columns.parse_all(_list(data, "group", MAX_GROUPS))),
        tree=_flag(data, "tree"),
        open=frozenset(_list(data, "open", MAX_OPEN)),
        closed=frozenset(_list(data, "closed", MAX_OPEN)),
    )


def read_order(specs: Sequence[str]) -> tuple[Order, ...]:
    """`-metric:loss.min` is descending; a column named twice counts once."""
    found: dict[Column, Order] = {}
    for spec in specs:
        column = columns.parse(spec.removeprefix("-"))
        found.setdefault(column, Order(column, spec.startswith("-")))
    return tuple(found.values())


def _text(data: Mapping[Any, Any], name: str, limit: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > limit or "\0" in value:
        raise _invalid(name, f"must be text of at most {limit:,} characters")
    return value


def _flag(data: Mapping[Any, Any], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise _invalid(name, "must be true or false")
    return value


def _list(data: Mapping[Any, Any], name: str, most: int) -> list[str]:
    value = data.get(name) or []
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
        raise _invalid(name, f"must be a list of at most {most:,} texts")
    return value


def _invalid(field: str, problem: str) -> Invalid:
    shown = ascii(field)[1:-1]
    return Invalid("bad_parameter", f"'{shown}' {problem}.", fields={shown: f"It {problem}."})

"""What a saved view and a page's address keep of a page of runs.

    {
      "version": 1,
      "filter": "metrics.loss < 0.3", "archived": false,
      "order": ["-metric:val/acc.max", "attribute:name"],
      "group": ["param:lr"], "tree": false, "open": ["[\\"0.1\\"]"], "closed": [],
      "columns": [{"column": "metric:loss.min", "width": 120, "pin": "left"}],   missing: the usual ones
      "differences": false,             only columns in which the runs differ
      "heat": ["metric:loss.min"],      columns shaded by size
      "density": "compact",             compact, default or comfortable; missing: the person's own
      "baseline": "k3v9x2m7qabc",       the run others are compared with
      "pinned": ["k3v9x2m7qabc"], "hidden": [],   runs held on top; runs whose eye is closed
      "pane": "table",                  table, split or charts
      "charts": {...}                   the charts beside the table: `runs.tracking.charts.state`
    }

Every field may be left out. A column is what `runs.grid.columns` reads.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from runs.grid import columns, query
from runs.tracking.charts import state as charts_state
from studio.errors import Invalid
from studio.identifiers import is_run_id

VERSION = 1
MOST_BYTES = 128 * 1024
MOST_COLUMNS = 200
MOST_RUNS = 1_000
DENSITIES = ("compact", "default", "comfortable")
PANES = ("table", "split", "charts")
QUESTION = ("filter", "archived", "order", "group", "tree", "open", "closed")


def validated(state: object) -> dict[str, Any]:
    """The state as it may be stored. Raises Invalid naming the field that is unknown or does not fit."""
    if not isinstance(state, Mapping):
        raise _invalid("state", "must be an object")
    if state.get("version", VERSION) != VERSION:
        raise _invalid("version", f"must be {VERSION}")
    if len(orjson.dumps(dict(state))) > MOST_BYTES:
        raise Invalid("view_too_large", f"A view has at most {MOST_BYTES // 1024} kB.", hint="Hide some columns.")
    question = query.read({name: state[name] for name in QUESTION if name in state}).as_json()
    checked: dict[str, Any] = {"version": VERSION, **{name: question[name] for name in QUESTION if name in state}}
    for name, value in state.items():
        if name in QUESTION or name == "version":
            continue
        if name not in _CHECKS:
            raise _invalid(str(name)[:60], "is not a field of a view")
        checked[name] = _CHECKS[name](name, value)
    return checked


def _columns(name: str, value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MOST_COLUMNS:
        raise _invalid(name, f"must be a list of at most {MOST_COLUMNS} columns")
    return [_column(name, one) for one in value]


def _column(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not set(value) <= {"column", "width", "pin"}:
        raise _invalid(name, "must hold objects of column, width and pin")
    found: dict[str, Any] = {"column": columns.parse(value.get("column")).spec}
    if "width" in value:
        width = value["width"]
        if not isinstance(width, int) or isinstance(width, bool) or not 20 <= width <= 2_000:
            raise _invalid(name, "must have widths from 20 to 2,000")
        found["width"] = width
    if "pin" in value:
        if value["pin"] not in ("left", "right"):
            raise _invalid(name, "must be pinned left or right")
        found["pin"] = value["pin"]
    return found


def _specs(name: str, value: object) -> list[str]:
    if not isinstance(value, list):
        raise _invalid(name, "must be a list of columns")
    return [one.spec for one in columns.parse_all(value)]


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _invalid(name, "must be true or false")
    return value


def _runs(name: str, value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_RUNS or not all(isinstance(one, str) for one in value):
        raise _invalid(name, f"must be a list of at most {MOST_RUNS:,} run ids")
    if not all(is_run_id(one) for one in value):
        raise _invalid(name, "must hold run ids")
    return list(dict.fromkeys(value))


def _baseline(name: str, value: object) -> str:
    if not isinstance(value, str) or (value and not is_run_id(value)):
        raise _invalid(name, "must be a run id")
    return value


def _one_of(*words: str) -> "Callable[[str, object], str]":
    def check(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise _invalid(name, f"must be {', '.join(words[:-1])} or {words[-1]}")
        return value

    return check


def _charts(name: str, value: object) -> dict[str, Any]:
    return charts_state.validated(value)


_CHECKS: dict[str, Callable[[str, object], Any]] = {
    "columns": _columns,
    "differences": _flag,
    "heat": _specs,
    "density": _one_of(*DENSITIES),
    "baseline": _baseline,
    "pinned": _runs,
    "hidden": _runs,
    "pane": _one_of(*PANES),
    "charts": _charts,
}


def _invalid(field: str, problem: str) -> Invalid:
    shown = ascii(field)[1:-1]
    return Invalid("bad_view", f"'{shown}' {problem}.", fields={shown: f"It {problem}."})

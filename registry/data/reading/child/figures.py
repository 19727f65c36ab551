"""The numbers of charts: counted or averaged over all rows, or at most 5,000 rows drawn by lot."""

import itertools
from typing import Any

from registry.data.reading.child import bins, cells, rows
from registry.data.reading.child.asked import Asked
from registry.data.reading.child.cells import Column, on_line
from registry.data.reading.child.engine import name
from registry.data.reading.child.sentences import Problem

POINTS = 5_000
BARS = 50
GROUPS = 12
REST = "(others)"


def figure(asked: Asked) -> dict[str, Any]:
    """`{kind, x, y, colour, series: [{name, x, y}], is_sample, rows}` for a histogram, bar, scatter, line or box chart."""
    where = asked.question.get("where") or ""
    if where:
        rows.check_condition(asked.connection, where)
    picked = {role: _picked(asked, role) for role in ("x", "y", "colour")}
    kind = asked.question["kind"]
    if picked["x"] is None and kind != "box":
        raise Problem("bad_chart", "Choose the column of the x axis.")
    if picked["y"] is None and kind in ("scatter", "line", "box"):
        raise Problem("bad_chart", "Choose the column of the y axis.")
    narrowed = f" WHERE (\n{where}\n)" if where else ""
    made = {"histogram": _histogram, "bar": _bars}.get(kind, _points)(asked, picked, narrowed)
    return {"kind": kind, **{role: one and one.name for role, one in picked.items()}, **made}


def _picked(asked: Asked, role: str) -> Column | None:
    wanted = asked.question.get(role)
    return asked.chosen([wanted])[0] if wanted else None


def _histogram(asked: Asked, picked: dict[str, Column | None], narrowed: str) -> dict[str, Any]:
    x = picked["x"]
    assert x is not None
    if x.type not in ("int", "float", "date", "datetime"):
        return _bars(asked, {**picked, "y": None}, narrowed)
    value = on_line(x)
    shares = "[" + ", ".join(str(at / 100) for at in range(101)) + "]"
    found = asked.run(
        f"SELECT count(v), min(v), max(v), unnest([approx_quantile(v, {shares})]) FROM (SELECT {value} AS v FROM data{narrowed})"
    )
    count, low, high, curve = found[0]
    if not count:
        return {"series": [], "is_sample": False, "rows": 0}
    curve = [float(one) for one in curve]
    curve[0], curve[-1] = low, high
    edges = bins.edges(curve, kind=x.type)
    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    place = f"CAST(greatest(0, least(floor((v - {edges[0]!r}) / {width!r}), {len(edges) - 2})) AS INTEGER)"
    group = _grouped(asked, picked["colour"], narrowed)
    counted = asked.run(
        f"SELECT g, {place} AS b, count(*) FROM (SELECT {value} AS v, {group} AS g FROM data{narrowed})"
        " WHERE v IS NOT NULL GROUP BY g, b ORDER BY g, b"
    )
    middles = [_middle(x, (one + other) / 2) for one, other in itertools.pairwise(edges)]
    series: dict[str, list[int]] = {}
    for title, at, number in counted:
        series.setdefault(title or "", [0] * len(middles))[at] = number
    return {
        "series": [{"name": title, "x": middles, "y": numbers} for title, numbers in series.items()],
        "is_sample": False, "rows": count, "is_clipped": edges[0] > low or edges[-1] < high,
    }  # fmt: skip


def _middle(x: Column, value: float) -> Any:
    return {"epoch": value} if x.type in ("date", "datetime") else value


def _bars(asked: Asked, picked: dict[str, Column | None], narrowed: str) -> dict[str, Any]:
    """How often each value comes, or the mean of y for it: the commonest values first."""
    x, y = picked["x"], picked["y"]
    assert x is not None
    if y is not None and y.type not in ("int", "float"):
        raise Problem("bad_chart", f"The mean of {y.name!r} can't be taken: it holds no numbers.")
    measure = f"avg({name(y.name)})" if y else "count(*)"
    key = f"left(CAST({name(x.name)} AS VARCHAR), 100)"
    group = _grouped(asked, picked["colour"], narrowed)
    base = f"SELECT {key} AS k, {group} AS g, * FROM data{narrowed}"
    top = f"SELECT k FROM ({base}) GROUP BY k ORDER BY count(*) DESC, k LIMIT {BARS}"
    found = asked.run(
        f"SELECT k, g, {measure}, count(*) AS n FROM ({base}) WHERE k IN ({top}) GROUP BY k, g ORDER BY g, n DESC, k"
    )
    all_values = asked.one(f"SELECT count(DISTINCT k) FROM ({base})")
    series: dict[str, dict[str, Any]] = {}
    for value, title, measured, _ in found:
        one = series.setdefault(title or "", {"name": title or "", "x": [], "y": []})
        one["x"].append(value)
        one["y"].append(measured)
    return {
        "series": list(series.values()), "is_sample": False, "rows": sum(row[3] for row in found),
        "values": all_values, "measure": f"mean of {y.name}" if y else "count",
    }  # fmt: skip


def _points(asked: Asked, picked: dict[str, Column | None], narrowed: str) -> dict[str, Any]:
    """Rows as they are, at most so many, drawn by lot; those of a line in the order of x."""
    shown = [one for one in (picked["x"], picked["y"]) if one is not None]
    group = _grouped(asked, picked["colour"], narrowed)
    taken = f"SELECT * FROM data{narrowed} USING SAMPLE reservoir({POINTS} ROWS) REPEATABLE (1)"
    order = " ORDER BY c0" if asked.question["kind"] == "line" else ""
    values = ", ".join(f"{name(one.name)} AS c{at}" for at, one in enumerate(shown))
    plain = [Column(f"c{at}", one.type, one.native) for at, one in enumerate(shown)]
    inner = f"SELECT {values}, CAST({group} AS VARCHAR) AS g FROM ({taken}){order}"
    found = asked.run(cells.select([*plain, Column("g", "string", "VARCHAR")], inner))
    series: dict[str, dict[str, Any]] = {}
    for *point, title in found:
        one = series.setdefault(title or "", {"name": title or "", "x": [], "y": []})
        if len(point) == 2:
            one["x"].append(point[0])
        one["y"].append(point[-1])
    total = asked.one(f"SELECT count(*) FROM data{narrowed}")
    return {"series": list(series.values()), "is_sample": total > len(found), "rows": total, "points": len(found)}


def _grouped(asked: Asked, colour: Column | None, narrowed: str) -> str:
    """The colour of a row: one of the commonest values, or the word for all the others."""
    if colour is None:
        return "''"
    key = f"coalesce(left(CAST({name(colour.name)} AS VARCHAR), 60), '(missing)')"
    found = asked.run(f"SELECT {key} AS k FROM data{narrowed} GROUP BY k ORDER BY count(*) DESC, k LIMIT {GROUPS + 1}")
    if len(found) <= GROUPS:
        return key
    kept = ", ".join("'" + str(row[0]).replace("'", "''") + "'" for row in found[: GROUPS - 1])
    return f"CASE WHEN {key} IN ({kept}) THEN {key} ELSE '{REST}' END"

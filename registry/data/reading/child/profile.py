"""What is in columns: counts, quantiles, histograms, the commonest values; and how numbers go together."""

from dataclasses import dataclass
from typing import Any

import duckdb

from registry.data.reading.child import bins, cells
from registry.data.reading.child.asked import Asked
from registry.data.reading.child.cells import Column, safe
from registry.data.reading.child.engine import literal, name

EXACT_ROWS = 1_000_000  # beyond it distinct values and quantiles are estimated
POINTS = 100  # quantiles are kept at every hundredth
TOP = 50
LONGEST_VALUE = 200
MOST_GROUPED = 200_000  # distinct values that are counted one by one
MOST_NUMBERS_GROUPED = 1_000
HEAD_ROWS = 200_000  # of large text, when a sketch is enough
BIG_TEXT = 256 * 1024 * 1024
ON_A_LINE = ("int", "float", "date", "datetime")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that are counted, as a table of this connection."""

    connection: duckdb.DuckDBPyConnection
    source: str
    row_count: int

    @property
    def is_exact(self) -> bool:
        return self.row_count <= EXACT_ROWS

    def row(self, query: str) -> tuple[Any, ...]:
        return self.connection.execute(query).fetchone() or ()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


def profile(asked: Asked) -> dict[str, Any]:
    """`{row_count, columns}`: one mapping a column, of all rows or (with `sample`) of so many."""
    chosen = asked.chosen(asked.question.get("columns"))
    source = _source(asked, chosen)
    sheet = Sheet(asked.connection, source, int(asked.one(f"SELECT count(*) FROM {source}")))
    return {"row_count": sheet.row_count, "columns": [_column(sheet, column) for column in chosen]}


def correlations(asked: Asked) -> dict[str, Any]:
    """Pearson's correlations of numeric columns, over the rows where both are known; of a sample where there are many."""
    import numpy

    chosen = asked.chosen(asked.question["columns"])
    shown = ", ".join(f"{cells.on_line(column)} AS {name(column.name)}" for column in chosen)
    sample = int(asked.question["sample"])
    taken = f"SELECT {shown} FROM data USING SAMPLE reservoir({sample} ROWS) REPEATABLE (1)"
    found = asked.connection.execute(taken).fetchnumpy()
    arrays = [numpy.ma.filled(found[column.name].astype(float), numpy.nan) for column in chosen]
    values = [[_pearson(one, other) for other in arrays] for one in arrays]
    return {"columns": [column.name for column in chosen], "values": values, "rows": len(arrays[0]) if arrays else 0}


def _pearson(one: Any, other: Any) -> float | None:
    import numpy

    both = numpy.isfinite(one) & numpy.isfinite(other)
    left, right = one[both], other[both]
    if len(left) < 2 or left.std() == 0 or right.std() == 0:
        return None
    return round(float(numpy.corrcoef(left, right)[0, 1]), 6)


def _source(asked: Asked, chosen: list[Column]) -> str:
    """What is counted: the view itself, a sample of it, or its columns as a table where each look would parse text again."""
    sample, is_text = asked.question.get("sample"), asked.table["format"] in ("delimited", "json_lines")
    if not sample and not is_text:
        return "data"
    rows = f"(SELECT * FROM data LIMIT {HEAD_ROWS})" if sample and is_text and asked.size > BIG_TEXT else "data"
    drawn = f" USING SAMPLE reservoir({int(sample)} ROWS) REPEATABLE (1)" if sample else ""
    asked.connection.execute(f"CREATE TEMP TABLE counted AS SELECT {cells.names(chosen)} FROM {rows}{drawn}")
    return "counted"


def _column(sheet: Sheet, column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {**column.as_dict(), **_counts(sheet, column)}
    if column.type in ON_A_LINE and found["count"]:
        found |= _numbers(sheet, column, found)
    if column.type in ("string", "binary"):
        found |= _lengths(sheet, column)
    if _has_values(column, found):
        found |= _top(sheet, column, found)
    return found


def _counts(sheet: Sheet, column: Column) -> dict[str, Any]:
    shown = name(column.name)
    is_plain = column.type not in ("nested", "binary")
    distinct = "NULL"
    if is_plain:
        distinct = f"count(DISTINCT {shown})" if sheet.is_exact else f"approx_count_distinct({shown})"
    count, found = sheet.row(f"SELECT count({shown}), {distinct} FROM {sheet.source}")
    is_counted = sheet.is_exact or (found or 0) <= MOST_GROUPED
    if found and is_counted and not sheet.is_exact:
        found = sheet.row(f"SELECT count(DISTINCT {shown}) FROM {sheet.source}")[0]
    return {
        "count": count,
        "missing": sheet.row_count - count,
        "distinct": found if found is None else min(found, count),
        "is_approximate": not is_counted,
    }


def _numbers(sheet: Sheet, column: Column, found: dict[str, Any]) -> dict[str, Any]:
    """Numbers, and dates as seconds since 1970."""
    x, shown = cells.on_line(column), name(column.name)
    is_date = column.type in ("date", "datetime")
    ends = f"CAST(min({shown}) AS VARCHAR), CAST(max({shown}) AS VARCHAR)" if is_date else "min(x), max(x)"
    if column.type == "int":
        ends = f"min({shown}), max({shown})"
    first, last, lowest, highest, mean, std, zeros, negative, finite = sheet.row(
        f"SELECT {ends}, min(x), max(x), avg(x), stddev_samp(x), count(*) FILTER (x = 0), count(*) FILTER (x < 0), count(x)"
        f" FROM (SELECT {x} AS x, {shown} FROM {sheet.source})"
    )
    beside = {"not_finite": found["count"] - finite} if found["count"] > finite else {}
    if not finite:
        return beside
    curve = _curve(sheet, x, found)
    curve[0], curve[-1] = lowest, highest
    signs = {} if is_date else {"zeros": zeros, "negative": negative}
    return {
        "min": safe(first), "max": safe(last), "mean": safe(mean), "std": safe(std), **signs, **beside,
        "quantiles": curve, "histogram": _histogram(sheet, x, bins.edges(curve, kind=column.type)),
    }  # fmt: skip


def _curve(sheet: Sheet, x: str, found: dict[str, Any]) -> list[float]:
    """The value at every hundredth: exact where the rows or the values are few, else estimated."""
    if found["distinct"] <= MOST_NUMBERS_GROUPED and not sheet.is_exact:
        return _counted_curve(
            sheet.rows(
                f"SELECT x, count(*) FROM (SELECT {x} AS x FROM {sheet.source}) WHERE x IS NOT NULL GROUP BY x ORDER BY x"
            )
        )
    shares = literal([point / POINTS for point in range(POINTS + 1)])
    function = "quantile_cont" if sheet.is_exact else "approx_quantile"
    points = sheet.row(f"SELECT {function}(x, {shares}) FROM (SELECT {x} AS x FROM {sheet.source})")[0]
    return [float(point) for point in points]


def _counted_curve(counts: list[tuple[float, int]]) -> list[float]:
    total, passed = sum(count for _, count in counts), 0
    made: list[float] = []
    for value, count in counts:
        passed += count
        while len(made) <= POINTS and len(made) * total <= passed * POINTS:
            made.append(float(value))
    return made


def _histogram(sheet: Sheet, x: str, edges: list[float]) -> dict[str, Any]:
    """Counts between edges, the last one included; what lies outside of them is counted beside."""
    low, high, count = edges[0], edges[-1], len(edges) - 1
    place = f"least(floor((x - {low!r}) / {(high - low) / count!r}), {count - 1})"
    found = sheet.rows(
        f"SELECT CASE WHEN x < {low!r} THEN -1 WHEN x > {high!r} THEN {count} ELSE CAST({place} AS INTEGER) END AS bin,"
        f" count(*) FROM (SELECT {x} AS x FROM {sheet.source}) WHERE x IS NOT NULL GROUP BY bin"
    )
    counts = dict(found)
    return {
        "edges": edges,
        "counts": [counts.get(at, 0) for at in range(count)],
        "below": counts.get(-1, 0),
        "above": counts.get(count, 0),
    }


def _lengths(sheet: Sheet, column: Column) -> dict[str, Any]:
    shown = name(column.name)
    length = f"octet_length({shown})" if column.type == "binary" else f"length(CAST({shown} AS VARCHAR))"
    least, mean, most, empty = sheet.row(
        f"SELECT min({length}), avg({length}), max({length}), count(*) FILTER ({length} = 0) FROM {sheet.source}"
    )
    return {"lengths": {"min": least, "mean": safe(mean), "max": most}, "empty": empty}


def _has_values(column: Column, found: dict[str, Any]) -> bool:
    if column.type in ("nested", "binary") or not found["count"]:
        return False
    return column.type not in ON_A_LINE or (found["distinct"] or 0) <= MOST_NUMBERS_GROUPED


def _top(sheet: Sheet, column: Column, found: dict[str, Any]) -> dict[str, Any]:
    """The commonest values with their counts; `is_complete` when these are all there are."""
    shown = name(column.name)
    narrowed = f"{shown} IS NOT NULL"
    if found["distinct"] > MOST_GROUPED:
        narrowed = f"{shown} IN (SELECT unnest(approx_top_k({shown}, 20)) FROM {sheet.source})"
    rows = sheet.rows(
        f"SELECT left(CAST({shown} AS VARCHAR), {LONGEST_VALUE}), count(*) AS n FROM {sheet.source} WHERE {narrowed}"
        f" GROUP BY {shown} ORDER BY n DESC, {shown} LIMIT {TOP + 1}"
    )
    top = [{"value": value, "count": count} for value, count in rows[:TOP]]
    is_complete = len(rows) <= TOP and found["distinct"] <= MOST_GROUPED
    return {"top": top, "is_complete": is_complete, **({"distinct": len(rows)} if is_complete else {})}

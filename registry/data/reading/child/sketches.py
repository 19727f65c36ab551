"""A Polars frame as a page shows it: cells that JSON can hold, and what is in each column at a glance."""

import json
from typing import TYPE_CHECKING, Any

from registry.data.reading.child import bins, cells

if TYPE_CHECKING:
    import polars

MOST_CELLS = 250_000  # of one answer
TOP = 12
WORDS = {"integer": "int", "number": "float"}  # the words the bins know


def rows_of(frame: "polars.DataFrame") -> list[list[Any]]:
    """The rows, cell by cell as JSON holds them; of a very wide table only the first."""
    shown = frame.head(max(20, MOST_CELLS // max(frame.width, 1)))
    columns = [values_of(series) for series in shown.get_columns()]
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(shown.height)]


def values_of(series: "polars.Series") -> list[Any]:
    """A column's values: numbers as numbers, all else as text."""
    import polars

    kind = series.dtype
    if kind.is_integer() or kind == polars.Boolean or kind.is_float():
        return [cells.safe(value) for value in series.to_list()]
    if isinstance(kind, polars.Decimal):
        return [cells.safe(value) for value in series.cast(polars.Float64).to_list()]
    return [_text(value, kind.is_nested()) for value in _as_text(series).to_list()]


def _as_text(series: "polars.Series") -> "polars.Series":
    import polars

    if isinstance(series.dtype, polars.Datetime):
        return series.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    if series.dtype in (polars.Date, polars.Time, polars.Categorical) or isinstance(series.dtype, polars.Enum):
        return series.cast(polars.String)
    return series


def _text(value: Any, is_nested: bool) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return f"0x{value[: cells.LONGEST_BYTES].hex()}{'…' if len(value) > cells.LONGEST_BYTES else ''}"
    text = json.dumps(value, ensure_ascii=False, default=str) if is_nested else str(value)
    return text if len(text) <= cells.LONGEST_TEXT else f"{text[: cells.LONGEST_TEXT]}…"


def sketch(series: "polars.Series", word: str) -> dict[str, Any]:
    """`{name, type, native, count, missing, distinct, histogram | top}` of one column."""
    missing = series.null_count()
    known = series.drop_nulls()
    found: dict[str, Any] = {
        "name": series.name, "type": word, "native": str(series.dtype), "count": len(known), "missing": missing,
        "distinct": None,
    }  # fmt: skip
    if series.dtype.is_nested() or not len(known):
        return found
    found["distinct"] = known.n_unique()
    if word in ("integer", "number", "date", "datetime"):
        return found | _histogram(known, word)
    return found | {"top": _top(known)}


def _histogram(known: "polars.Series", word: str) -> dict[str, Any]:
    """Numbers on a line; dates as seconds since 1970."""
    import numpy
    import polars

    if word in ("date", "datetime"):
        known = known.cast(polars.Datetime("us")).dt.epoch("us") / 1e6
    values = known.cast(polars.Float64).to_numpy()
    values = values[numpy.isfinite(values)]
    if not len(values):
        return {}
    quantiles = [float(one) for one in numpy.quantile(values, [at / 100 for at in range(101)])]
    edges = bins.edges(quantiles, kind=WORDS.get(word, word))
    counts, _ = numpy.histogram(numpy.clip(values, edges[0], edges[-1]), bins=edges)
    ends = {} if word in ("date", "datetime") else {"min": float(values.min()), "max": float(values.max())}
    return {"histogram": {"edges": edges, "counts": [int(one) for one in counts]}, **ends}


def _top(known: "polars.Series") -> list[dict[str, Any]]:
    counted = known.rename("value").value_counts(sort=True, name="count").head(TOP)
    return [
        {"value": value[:200] if isinstance(value, str) else cells.safe(value), "count": count}
        for value, count in zip(values_of(counted["value"]), counted["count"].to_list(), strict=True)
    ]

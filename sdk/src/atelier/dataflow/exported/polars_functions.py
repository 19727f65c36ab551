"""Functions over Polars expressions that are too long for one line. Exported code holds their text as it stands here."""

from __future__ import annotations

import polars as pl


def number_in(value: pl.Expr, point: str = ".") -> pl.Expr:
    """The first number in a text."""
    other = "," if point == "." else "."
    pattern = rf"([-+]?(?:[0-9][0-9\{other}]*(?:\{point}[0-9]+)?|\{point}[0-9]+))"
    found = value.cast(pl.String).str.extract(pattern, 1).str.replace_all(other, "", literal=True)
    return found.str.replace(point, ".", literal=True).cast(pl.Float64, strict=False)


def format_number(value: pl.Expr, decimals: int, thousands: str = "", point: str = ".") -> pl.Expr:
    """A number as text with that many decimals, halves away from zero."""
    units = ((value.abs().cast(pl.Float64) * 10**decimals).round(6) + 0.5).floor().cast(pl.Int64, strict=False)
    whole = (units // 10**decimals).cast(pl.String)
    if thousands:
        grouped = whole.str.pad_start(21, " ").str.replace_all(r"(.{3})", "${1}\t").str.strip_chars(" \t")
        whole = grouped.str.replace_all("\t", thousands, literal=True)
    if decimals:
        whole = whole + point + (units % 10**decimals).cast(pl.String).str.pad_start(decimals, "0")
    return pl.when((value < 0) & (units > 0)).then("-" + whole).otherwise(whole)


def date_difference(first: pl.Expr, last: pl.Expr, unit: str) -> pl.Expr:
    """How many whole units lie between two moments."""
    first, last = first.cast(pl.Datetime("us")), last.cast(pl.Datetime("us"))
    if unit in ("months", "years"):
        months = (last.dt.year() - first.dt.year()) * 12 + last.dt.month().cast(pl.Int32) - first.dt.month()
        shifted = first.dt.offset_by(months.cast(pl.String) + "mo")
        months = months - ((shifted > last) & (last >= first)) + ((shifted < last) & (last < first))
        return (months.cast(pl.Float64) / (12 if unit == "years" else 1)).cast(pl.Int64)
    seconds = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}[unit]
    return ((last - first).dt.total_seconds().cast(pl.Float64) / seconds).cast(pl.Int64)

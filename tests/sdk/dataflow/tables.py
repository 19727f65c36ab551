"""A small table with gaps, and ways to compare what recipes make of it."""

import datetime
import io
import math
from typing import Any

import pandas as pd
import polars as pl

DAY, TIME = datetime.date, datetime.datetime

CARS = pl.DataFrame(
    {
        "name": ["ford Fiesta", "VW golf", None, "Fiat 500", "ford Focus", " bmw  X5 "],
        "maker": ["Ford", "VW", "Fiat", "Fiat", "Ford", "BMW"],
        "price": [9500.5, 12000.25, None, 7800.75, 11000.1, 45000.9],
        "doors": [3, 5, 3, None, 5, 5],
        "sold": [True, False, None, True, True, False],
        "built": [DAY(2019, 1, 31), DAY(2020, 2, 29), DAY(2018, 7, 1), None, DAY(2019, 12, 31), DAY(2021, 3, 15)],
        "seen": [
            TIME(2022, 5, 1, 10, 30),
            TIME(2022, 5, 2, 23, 59, 59),
            None,
            TIME(2022, 6, 30),
            TIME(2023, 1, 1, 0, 0, 1),
            TIME(2022, 3, 14, 12),
        ],
        "code": ["A-1/x", "B-22/y", "C-333", None, "D-4/z/w", "E-5/q"],
        "when": ["05.03.2021", "17.11.2020", "not a day", None, "1.2.2022", "28.02.2023"],
        "amount": ["1,234.50 EUR", "-7", "none", None, "12", "0.5kg"],
    }
)
MAKERS = pl.DataFrame(
    {"brand": ["Ford", "VW", "Seat", None], "country": ["US", "DE", "ES", "??"], "price": [1.5, 2.5, 3.5, 4.5]}
)
OTHERS = {"azureml:makers@latest": MAKERS, "azureml:more:1": CARS.head(2).with_columns(extra=pl.lit("new"))}


def rows_of(table: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows in plain values that are equal where people would call them equal."""
    return [{name: plain(value) for name, value in row.items()} for row in table.to_dicts()]


def rows_of_pandas(table: Any) -> list[dict[str, Any]]:
    return [{str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def plain(value: Any) -> Any:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    if isinstance(value, datetime.datetime):
        moment = datetime.datetime(*value.timetuple()[:6])
        return moment.isoformat()
    if isinstance(value, datetime.date):
        return f"{value.isoformat()}T00:00:00"
    return float(value) if isinstance(value, int) else value


def carried_out(code: str, table: pl.DataFrame, others: dict[str, pl.DataFrame], library: str) -> list[dict[str, Any]]:
    """What exported code makes of a table."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(code, "exported.py", "exec"), names)  # noqa: S102  exported code is meant to be run
    if library == "polars":
        made = names["prepare"](table.lazy(), {name: other.lazy() for name, other in others.items()})
        return rows_of(made.collect())
    return rows_of_pandas(names["prepare"](nullable(table), {name: nullable(other) for name, other in others.items()}))


def nullable(table: pl.DataFrame) -> Any:
    """The table as pandas reads it from a file with `dtype_backend="numpy_nullable"`."""
    stream = io.BytesIO()
    table.write_parquet(stream)
    return pd.read_parquet(stream, dtype_backend="numpy_nullable")

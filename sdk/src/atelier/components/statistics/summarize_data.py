"""Summarize Data: one row of statistics for each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds
from atelier.components.context import Context
from atelier.components.declaring import Component, Port, PortType
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

PERCENTILES = {"P0.5": 0.5, "P1": 1, "P5": 5, "P95": 95, "P99": 99, "P99.5": 99.5}


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A table with a row for each column; what only numbers have is missing for others."""
    import pandas as pd

    table: Table = inputs["dataset"]
    rows = [_row(name, table) for name in table.frame.columns]
    frame = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
    for name in COLUMNS[4:]:
        frame[name] = frame[name].astype("float64")
    return {"results_dataset": Table(frame)}


def _row(name: str, table: Table) -> dict[str, Any]:
    values = table.frame[name]
    known = values.dropna()
    found: dict[str, Any] = {
        "Feature": name,
        "Count": len(values),
        "Unique Value Count": int(known.nunique()),
        "Missing Value Count": int(values.isna().sum()),
    }
    if column_kinds.of_series(values) in (column_kinds.NUMERIC, column_kinds.BOOLEAN) and len(known):
        found.update(_statistics(known.astype("float64")))
    return found


def _statistics(known: pd.Series) -> dict[str, float]:
    low, high, mean = float(known.min()), float(known.max()), float(known.mean())
    found = {
        "Min": low,
        "Max": high,
        "Mean": mean,
        "Mean Deviation": float((known - mean).abs().mean()),
        "1st Quartile": float(known.quantile(0.25)),
        "Median": float(known.median()),
        "3rd Quartile": float(known.quantile(0.75)),
        "Mode": float(known.mode().iloc[0]),
        "Range": high - low,
        "Sample Variance": float(known.var()),
        "Sample Standard Deviation": float(known.std()),
        "Sample Skewness": float(known.skew()),
        "Sample Kurtosis": float(known.kurt()),
    }
    return {**found, **{label: float(known.quantile(share / 100)) for label, share in PERCENTILES.items()}}


COLUMNS = (
    "Feature", "Count", "Unique Value Count", "Missing Value Count", "Min", "Max", "Mean", "Mean Deviation",
    "1st Quartile", "Median", "3rd Quartile", "Mode", "Range", "Sample Variance", "Sample Standard Deviation",
    "Sample Skewness", "Sample Kurtosis", *PERCENTILES,
)  # fmt: skip
COMPONENT = Component(
    name="summarize_data",
    label="Summarize Data",
    category="Statistical functions",
    description="One row of statistics for each column: counts, mean, deviation, quartiles, skewness, percentiles.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.DATASET),),
    keywords=("describe", "profile", "mean", "median"),
)

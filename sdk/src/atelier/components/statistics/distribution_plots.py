"""Distribution Plots: a histogram of each column, and boxes by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds, column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

HISTOGRAM, BOX, BOTH = "Histogram", "Box plot", "Both"
MOST_COLUMNS, MOST_GROUPS, MOST_VALUES, MOST_OUTLIERS = 50, 12, 30, 100


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Charts of the chosen columns; a column that is no number is a bar for each of its most frequent values."""
    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset")
    if len(names) > MOST_COLUMNS:
        raise ComponentError(f"{len(names)} columns are chosen: at most {MOST_COLUMNS} are drawn.", parameter="columns")
    groups = _groups(table, parameters["group_by"])
    charts = []
    for name in names:
        if column_kinds.of_series(table.frame[name]) != column_kinds.NUMERIC:
            charts.append(_bars(table.frame[name], name, groups))
            continue
        if parameters["plot"] in (HISTOGRAM, BOTH):
            charts.append(_histogram(table.frame[name], name, groups, parameters["number_of_bins"]))
        if parameters["plot"] in (BOX, BOTH):
            charts.append(_boxes(table.frame[name], name, groups))
    facts = [["Rows", len(table.frame)], ["Columns", len(names)], ["Grouped by", parameters["group_by"] or "nothing"]]
    return {"plots": {"title": "Distribution Plots", "facts": facts, "charts": charts}}


def _groups(table: Table, name: str | None) -> dict[str, Any]:
    """Which rows belong to which group, the largest first; all rows in one without a column."""
    import pandas as pd

    if not name:
        return {"": pd.Series(True, index=table.frame.index)}
    values = table.frame[table.require(name, parameter="group_by", port="dataset")].astype("string").fillna("missing")
    largest = values.value_counts().index[:MOST_GROUPS]
    return {str(value): values == value for value in largest}


def _histogram(values: pd.Series, name: str, groups: Mapping[str, Any], bins: int) -> dict[str, Any]:
    import numpy as np

    known = values.dropna().to_numpy(dtype="float64")
    known = known[np.isfinite(known)]
    edges = np.histogram_bin_edges(known, bins=bins) if len(known) else np.array([0.0, 1.0])
    series = []
    for group, rows in groups.items():
        own = values[rows].dropna().to_numpy(dtype="float64")
        counts = np.histogram(own[np.isfinite(own)], bins=edges)[0]
        series.append({"name": group or name, "edges": edges.tolist(), "counts": counts.tolist()})
    return {"kind": "histogram", "title": name, "x": name, "y": "Rows", "series": series}


def _boxes(values: pd.Series, name: str, groups: Mapping[str, Any]) -> dict[str, Any]:
    series = [_box(values[rows].dropna().astype("float64"), group or name) for group, rows in groups.items()]
    return {"kind": "box", "title": name, "x": "", "y": name, "series": [one for one in series if one]}


def _box(known: pd.Series, name: str) -> dict[str, Any]:
    """The quartiles, and whiskers to the last value within one and a half of the box's height."""
    if not len(known):
        return {}
    low, median, high = known.quantile([0.25, 0.5, 0.75])
    reach = 1.5 * (high - low)
    within = known[(known >= low - reach) & (known <= high + reach)]
    outliers = known[(known < low - reach) | (known > high + reach)]
    return {
        "name": name,
        "minimum": float(within.min()),
        "low": float(low),
        "median": float(median),
        "high": float(high),
        "maximum": float(within.max()),
        "outliers": [float(one) for one in outliers.head(MOST_OUTLIERS)],
    }


def _bars(values: pd.Series, name: str, groups: Mapping[str, Any]) -> dict[str, Any]:
    shown = values.astype("string")
    most = [str(one) for one in shown.value_counts().index[:MOST_VALUES]]
    series = []
    for group, rows in groups.items():
        counts = shown[rows].value_counts()
        series.append({"name": group or name, "x": most, "y": [int(counts.get(one, 0)) for one in most]})
    return {"kind": "bar", "title": name, "x": name, "y": "Rows", "series": series}


COMPONENT = Component(
    name="distribution_plots",
    label="Distribution Plots",
    category="Statistical functions",
    description="Draws a histogram or a box plot of each column, by group where one is chosen.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("plots", PortType.EVALUATION),),
    parameters=(
        Parameter("columns", Kind.COLUMNS, "Columns", "all", port="dataset"),
        Parameter("plot", Kind.CHOICE, default=HISTOGRAM, choices=(HISTOGRAM, BOX, BOTH)),
        Parameter("number_of_bins", Kind.INTEGER, default=20, minimum=1, maximum=500, when={"plot": (HISTOGRAM, BOTH)}),
        Parameter(
            "group_by",
            Kind.COLUMN,
            optional=True,
            port="dataset",
            description=f"A series for each of its {MOST_GROUPS} most frequent values.",
        ),
    ),
    keywords=("histogram", "box plot", "chart"),
)

"""Correlation: how much two columns of numbers go together, for every pair."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from atelier.components import column_kinds, column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

PEARSON, SPEARMAN, KENDALL = "Pearson", "Spearman", "Kendall"
MOST = 200  # columns: 19,900 pairs


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The pairs, the strongest first, with the chance to see as much without any connection; and the matrix as a chart."""
    import pandas as pd

    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset")
    _check(table, names)
    pairs = [_pair(table, *pair, parameters["method"]) for pair in combinations(names, 2)]
    columns = pd.Index(["Column 1", "Column 2", "Correlation", "P-value", "Rows"])
    frame = pd.DataFrame(pairs, columns=columns)
    order = frame["Correlation"].abs().sort_values(ascending=False, kind="stable").index
    return {
        "pairs": Table(frame.loc[order].reset_index(drop=True)),
        "correlation_matrix": _matrix(names, pairs, parameters["method"]),
    }


def _check(table: Table, names: list[str]) -> None:
    if not 2 <= len(names) <= MOST:
        said = (
            f"{len(names)} {'column is' if len(names) == 1 else 'columns are'} chosen: 2 to {MOST} can be correlated."
        )
        raise ComponentError(said, parameter="columns", port="dataset")
    for name in names:
        kind = column_kinds.of_series(table.frame[name])
        if kind not in (column_kinds.NUMERIC, column_kinds.BOOLEAN):
            said = f"Only numbers can be correlated; {name!r} is {kind}."
            raise ComponentError(said, parameter="columns", port="dataset")


def _pair(table: Table, first: str, second: str, method: str) -> tuple[str, str, float, float, int]:
    from scipy import stats

    both = table.frame[[first, second]].dropna().astype("float64")
    if len(both) < 3 or (both.nunique() < 2).any():
        return first, second, float("nan"), float("nan"), len(both)
    function = {PEARSON: stats.pearsonr, SPEARMAN: stats.spearmanr, KENDALL: stats.kendalltau}[method]
    found = function(both[first], both[second])
    return first, second, float(found.statistic), float(found.pvalue), len(both)


def _matrix(names: list[str], pairs: list[tuple[str, str, float, float, int]], method: str) -> dict[str, Any]:
    values = [[1.0 if row == column else 0.0 for column in names] for row in names]
    for first, second, found, *_ in pairs:
        here, there = names.index(first), names.index(second)
        values[here][there] = values[there][here] = found
    chart = {
        "kind": "heatmap", "title": f"{method} correlation", "x": "", "y": "", "columns": names, "rows": names,
        "values": values,
    }  # fmt: skip
    return {"title": "Correlation", "facts": [["Method", method], ["Columns", len(names)]], "charts": [chart]}


COMPONENT = Component(
    name="correlation",
    label="Correlation",
    category="Statistical functions",
    description="How much each pair of columns goes together, by Pearson, Spearman or Kendall.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(
        Port("pairs", PortType.DATASET, description="The pairs, the strongest first."),
        Port("correlation_matrix", PortType.EVALUATION),
    ),
    parameters=(
        Parameter("method", Kind.CHOICE, default=PEARSON, choices=(PEARSON, SPEARMAN, KENDALL)),
        Parameter("columns", Kind.COLUMNS, "Columns", "none; include types numeric", port="dataset"),
    ),
    packages=("scipy",),
    keywords=("pearson", "spearman", "kendall", "relation"),
)

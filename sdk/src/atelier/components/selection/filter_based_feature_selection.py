"""Filter Based Feature Selection: the columns that tell most of the target, each judged alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import FEATURE, Table

if TYPE_CHECKING:
    import pandas as pd

PEARSON, CHI = "PearsonCorrelation", "ChiSquared"
BINS = 10  # numbers are put into as many bins of equal counts before they are counted against the target


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with the best columns and the target, and a row with the score of every column, the best first."""
    import pandas as pd

    table: Table = inputs["dataset"]
    target = table.require(parameters["target_column"], parameter="target_column", port="dataset")
    names = [name for name in table.frame.columns if name != target and _counts(table, name, parameters)]
    if not names:
        raise ComponentError(f"The table has no feature column beside {target!r}.", port="dataset")
    scorer = _pearson if parameters["feature_scoring_method"] == PEARSON else _chi_squared
    scores = pd.Series({name: scorer(table, name, target) for name in names}, dtype="float64")
    ranked = scores.sort_values(ascending=False, kind="stable", na_position="last")
    best = list(ranked.dropna().index[: parameters["number_of_desired_features"]])
    kept = [name for name in table.frame.columns if name in best or name == target]
    features = pd.DataFrame([[0.0 if pd.isna(one) else one for one in ranked]], columns=pd.Index(ranked.index))
    return {"filtered_dataset": table.with_frame(table.frame[kept]), "features": Table(features)}


def _counts(table: Table, name: str, parameters: Mapping[str, Any]) -> bool:
    return not parameters["operate_on_feature_columns_only"] or table.column(name).role == FEATURE


def _pearson(table: Table, name: str, target: str) -> float:
    """The size of the correlation. Text has none; a target of two classes counts as 0 and 1."""
    values, wanted = _as_numbers(table, name), _as_numbers(table, target)
    if wanted is None:
        said = f"The correlation needs numbers or two classes; {target!r} has neither: choose ChiSquared."
        raise ComponentError(said, parameter="feature_scoring_method")
    if values is None or values.nunique() < 2:
        return float("nan")
    return abs(float(values.corr(wanted)))


def _as_numbers(table: Table, name: str) -> pd.Series | None:
    import pandas as pd

    values = table.frame[name]
    if column_kinds.of_series(values) in (column_kinds.NUMERIC, column_kinds.BOOLEAN):
        return values.astype("float64")
    known = sorted(values.dropna().astype("str").unique())
    if len(known) != 2:
        return None
    return values.astype("string").map({known[0]: 0.0, known[1]: 1.0}).astype(pd.Float64Dtype()).astype("float64")


def _chi_squared(table: Table, name: str, target: str) -> float:
    import pandas as pd
    from scipy import stats

    counts = pd.crosstab(_grouped(table, name), _grouped(table, target))
    if min(counts.shape) < 2:
        return float("nan")
    return float(stats.chi2_contingency(counts, correction=False).statistic)


def _grouped(table: Table, name: str) -> pd.Series:
    import pandas as pd

    values = table.frame[name]
    if column_kinds.of_column(table, name) == column_kinds.NUMERIC and values.nunique() > BINS:
        return pd.qcut(values, BINS, labels=False, duplicates="drop")
    return values.astype("string")


COMPONENT = Component(
    name="filter_based_feature_selection",
    label="Filter Based Feature Selection",
    category="Feature selection",
    description="Keeps the columns that tell most of the target, each judged alone by correlation or chi-squared.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(
        Port("filtered_dataset", PortType.DATASET, description="The best columns and the target."),
        Port("features", PortType.DATASET, description="The score of every column, the best first."),
    ),
    parameters=(
        Parameter("operate_on_feature_columns_only", Kind.BOOLEAN, default=True),
        Parameter("target_column", Kind.COLUMN, port="dataset"),
        Parameter("number_of_desired_features", Kind.INTEGER, default=1, minimum=1),
        Parameter("feature_scoring_method", Kind.CHOICE, default=PEARSON, choices=(PEARSON, CHI)),
    ),
    packages=("scipy",),
    keywords=("correlation", "importance", "chi2"),
)

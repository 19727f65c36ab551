"""Clip Values: values beyond a threshold are replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds, column_names, column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

PEAKS, SUBPEAKS, BOTH = "ClipPeaks", "ClipSubpeaks", "ClipPeaksAndSubpeaks"
CONSTANT, PERCENTILE = "Constant", "Percentile"
THRESHOLD, MEAN, MEDIAN, MISSING = "Threshold", "Mean", "Median", "Missing"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with clipped columns, in place or beside the ones they came from."""
    table: Table = inputs["dataset"]
    frame = table.frame.copy()
    for name in column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset"):
        if column_kinds.of_series(frame[name]) != column_kinds.NUMERIC:
            kind = column_kinds.of_column(table, name)
            said = f"Only numbers can be clipped; {name!r} is {kind}."
            raise ComponentError(said, parameter="columns", port="dataset")
        clipped, is_clipped = _clipped(table.frame[name].astype("float64"), parameters)
        target = name if parameters["overwrite"] else column_names.free(f"{name}_clipped", frame.columns)
        frame[target] = clipped if is_clipped.any() else table.frame[name]
        if parameters["add_indicator_columns"]:
            frame[column_names.free(f"{name}_IsClipped", frame.columns)] = is_clipped
    return {"results_dataset": table.with_frame(frame)}


def _clipped(values: pd.Series, parameters: Mapping[str, Any]) -> tuple[pd.Series, pd.Series]:
    import pandas as pd

    found = values.copy()
    is_clipped = pd.Series(False, index=values.index)
    limits = _limits(values, parameters)
    if len(limits) == 2 and limits["upper"] < limits["lower"]:
        said = f"The upper threshold {limits['upper']:g} is below the lower one, {limits['lower']:g}."
        raise ComponentError(said, parameter="threshold")
    for side, limit in limits.items():
        beyond = values > limit if side == "upper" else values < limit
        chosen = parameters["substitute_value_for_peaks" if side == "upper" else "substitute_value_for_subpeaks"]
        found[beyond] = {THRESHOLD: limit, MEAN: values.mean(), MEDIAN: values.median(), MISSING: float("nan")}[chosen]
        is_clipped |= beyond
    return found, is_clipped


def _limits(values: pd.Series, parameters: Mapping[str, Any]) -> dict[str, float]:
    found = {}
    for side, other in (("upper", SUBPEAKS), ("lower", PEAKS)):
        if parameters["set_of_thresholds"] == other:
            continue
        if parameters["threshold"] == CONSTANT:
            found[side] = parameters[f"constant_value_of_{side}_threshold"]
        else:
            found[side] = float(values.quantile(parameters[f"percentile_value_of_{side}_threshold"] / 100))
    return found


UPPER, LOWER = {"set_of_thresholds": (PEAKS, BOTH)}, {"set_of_thresholds": (SUBPEAKS, BOTH)}
COMPONENT = Component(
    name="clip_values",
    label="Clip Values",
    category="Data transformation",
    description="Replaces values beyond a threshold: outliers above (peaks), below (subpeaks) or both.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter("set_of_thresholds", Kind.CHOICE, default=PEAKS, choices=(PEAKS, SUBPEAKS, BOTH)),
        Parameter("threshold", Kind.CHOICE, default=CONSTANT, choices=(CONSTANT, PERCENTILE)),
        Parameter(
            "constant_value_of_upper_threshold", Kind.NUMBER, default=99.0, when={**UPPER, "threshold": (CONSTANT,)}
        ),
        Parameter(
            "constant_value_of_lower_threshold", Kind.NUMBER, default=1.0, when={**LOWER, "threshold": (CONSTANT,)}
        ),
        Parameter(
            "percentile_value_of_upper_threshold",
            Kind.NUMBER,
            default=99.0,
            minimum=0,
            maximum=100,
            when={**UPPER, "threshold": (PERCENTILE,)},
        ),
        Parameter(
            "percentile_value_of_lower_threshold",
            Kind.NUMBER,
            default=1.0,
            minimum=0,
            maximum=100,
            when={**LOWER, "threshold": (PERCENTILE,)},
        ),
        Parameter(
            "substitute_value_for_peaks",
            Kind.CHOICE,
            default=THRESHOLD,
            choices=(THRESHOLD, MEAN, MEDIAN, MISSING),
            when=UPPER,
        ),
        Parameter(
            "substitute_value_for_subpeaks",
            Kind.CHOICE,
            default=THRESHOLD,
            choices=(THRESHOLD, MEAN, MEDIAN, MISSING),
            when=LOWER,
        ),
        Parameter("columns", Kind.COLUMNS, "List of columns", "none; include types numeric", port="dataset"),
        Parameter("overwrite", Kind.BOOLEAN, "Overwrite flag", True),
        Parameter("add_indicator_columns", Kind.BOOLEAN, "Add indicator columns", False),
    ),
    keywords=("outliers", "winsorize"),
)

"""Normalize Data: numbers of different sizes onto one scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds, column_rules, plain_types, views
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.transforms import Transform

if TYPE_CHECKING:
    import numpy as np

ZSCORE, MINMAX, LOGISTIC, LOGNORMAL, TANH = "ZScore", "MinMax", "Logistic", "LogNormal", "Tanh"


@dataclass
class Normalization(Transform):
    """Scales each column by two numbers that were learned: a centre and a width."""

    method: str
    learned: dict[str, tuple[float, float]]
    zero_for_constants: bool
    title = "Normalize Data"

    def apply(self, table: Table) -> Table:
        """The scaled table. Columns that are not there are passed over: a table to score has no label."""
        frame = table.frame.copy()
        for name, (centre, width) in self.learned.items():
            if name in frame.columns:
                frame[name] = self._scaled(frame[name].to_numpy(dtype="float64", na_value=float("nan")), centre, width)
        return table.with_frame(frame)

    def facts(self) -> list[tuple[str, Any]]:
        return [("Transformation method", self.method)]

    def tables(self) -> list[dict[str, Any]]:
        said = {ZSCORE: ("Mean", "Standard deviation"), MINMAX: ("Minimum", "Range")}
        words = said.get(self.method, ("Mean of the logarithm", "Standard deviation of the logarithm"))
        if self.method in (LOGISTIC, TANH):
            return [views.table("Columns", ("Column",), [[name] for name in self.learned])]
        return [views.table("Columns", ("Column", *words), [[name, *both] for name, both in self.learned.items()])]

    def _scaled(self, values: np.ndarray, centre: float, width: float) -> np.ndarray:
        import numpy as np

        with np.errstate(all="ignore"):
            if self.method == LOGISTIC:
                return 1 / (1 + np.exp(-values))
            if self.method == TANH:
                return np.tanh(values)
            if width == 0:
                return np.where(np.isnan(values), np.nan, 0.0 if self.zero_for_constants else np.nan)
            if self.method == LOGNORMAL:
                from scipy.special import ndtr

                found: np.ndarray = np.where(
                    values > 0, ndtr((np.log(values) - centre) / width), np.where(np.isnan(values), np.nan, 0.0)
                )
                return found
            return (values - centre) / width


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The scaled table, and the transform that scales another one by the same numbers."""
    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset")
    method = parameters["transformation_method"]
    learned = {name: _learned(table, name, method) for name in names}
    transform = Normalization(method, learned, parameters.get("use_0_for_constant_columns", True))
    return {"transformed_dataset": transform.apply(table), "transformation_function": transform}


def _learned(table: Table, name: str, method: str) -> tuple[float, float]:
    import numpy as np

    if column_kinds.of_series(table.frame[name]) != column_kinds.NUMERIC:
        kind = column_kinds.of_column(table, name)
        said = f"Only numbers can be normalized; {name!r} is {kind}."
        raise ComponentError(said, parameter="columns", port="dataset")
    if method not in (LOGISTIC, TANH):
        plain_types.refuse_infinite(table.frame[name], "Normalize Data")
    known = table.frame[name].dropna().to_numpy(dtype="float64")
    if method == LOGNORMAL:
        known = np.log(known[known > 0])
    if not len(known) or method in (LOGISTIC, TANH):
        return 0.0, 0.0
    if method == MINMAX:
        return float(known.min()), float(known.max() - known.min())
    return float(known.mean()), 0.0 if (known == known[0]).all() else float(known.std())


COMPONENT = Component(
    name="normalize_data",
    label="Normalize Data",
    category="Data transformation",
    description="Scales numbers: to mean 0 and standard deviation 1, to 0 … 1, or by a curve.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("transformed_dataset", PortType.DATASET), Port("transformation_function", PortType.TRANSFORM)),
    parameters=(
        Parameter(
            "transformation_method",
            Kind.CHOICE,
            default=ZSCORE,
            choices=(ZSCORE, MINMAX, LOGISTIC, LOGNORMAL, TANH),
            description="LogNormal is the share of a lognormal distribution below the value.",
        ),
        Parameter(
            "use_0_for_constant_columns",
            Kind.BOOLEAN,
            "Use 0 for constant columns when checked",
            True,
            description="A column with one value alone becomes 0; without it, missing.",
            when={"transformation_method": (ZSCORE, MINMAX, LOGNORMAL)},
        ),
        Parameter("columns", Kind.COLUMNS, "Columns to transform", "none; include types numeric", port="dataset"),
    ),
    packages=("scipy",),
    keywords=("scale", "standardize", "min-max"),
)

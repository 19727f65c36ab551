"""Group Data into Bins: numbers become the number of the bin they fall into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds, column_names, column_rules, plain_types, views
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.transforms import Transform

if TYPE_CHECKING:
    import pandas as pd

QUANTILES, EQUAL_WIDTH, CUSTOM = "Quantiles", "Equal Width", "Custom Edges"
PERCENT, PQUANTILE, INDEX = "Percent", "PQuantile", "QuantileIndex"
APPEND, INPLACE, RESULT_ONLY = "Append", "Inplace", "ResultOnly"


@dataclass
class Binning(Transform):
    """Puts each value into one of the bins between the inner edges: at most the first edge is bin 1, above the last is the last."""

    edges: dict[str, list[float]]
    normalization: str
    output: str
    is_categorical: bool
    title = "Group Data into Bins"

    def apply(self, table: Table) -> Table:
        import pandas as pd

        there = [name for name in self.edges if name in table.frame.columns]
        binned = {name: self._binned(table.frame[name], name) for name in there}
        if self.output == INPLACE:
            return table.with_frame(table.frame.assign(**binned))
        kept = table.frame if self.output == APPEND else table.frame[[]]
        names = column_names.each_once([f"{name}_quantized" for name in there], kept.columns)
        made = pd.DataFrame(dict(zip(names, binned.values())), index=table.frame.index)
        return table.with_frame(pd.concat([kept, made], axis=1))

    def tables(self) -> list[dict[str, Any]]:
        rows = [[name, len(edges) + 1, "; ".join(f"{edge:g}" for edge in edges)] for name, edges in self.edges.items()]
        return [views.table("Bins", ("Column", "Bins", "Edges between"), rows)]

    def _binned(self, values: pd.Series, name: str) -> pd.Series:
        import numpy as np
        import pandas as pd

        edges = self.edges[name]
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        places = pd.Series(np.searchsorted(edges, numbers, side="left") + 1, index=values.index)
        most = len(edges) + 1
        if self.normalization != INDEX:
            places = places / most * (100 if self.normalization == PERCENT else 1)
        found = places.mask(numbers.isna()) if numbers.isna().any() else places
        return found.astype("category") if self.is_categorical else found


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The binned table, and the transform that puts another table's values into the same bins."""
    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset")
    edges = {name: _edges(table, name, parameters) for name in names}
    normalization = parameters.get("quantile_normalization", INDEX)
    transform = Binning(edges, normalization, parameters["output_mode"], parameters["tag_columns_as_categorical"])
    return {"quantized_dataset": transform.apply(table), "binning_transformation": transform}


def _edges(table: Table, name: str, parameters: Mapping[str, Any]) -> list[float]:
    """The inner edges, rising; equal ones count once."""
    import numpy as np

    if column_kinds.of_series(table.frame[name]) != column_kinds.NUMERIC:
        kind = column_kinds.of_column(table, name)
        raise ComponentError(f"Only numbers can be binned; {name!r} is {kind}.", parameter="columns", port="dataset")
    if parameters["binning_mode"] == CUSTOM:
        return sorted(set(parameters["comma_separated_list_of_bin_edges"]))
    plain_types.refuse_infinite(table.frame[name], "Group Data into Bins")
    known = table.frame[name].dropna().astype("float64").to_numpy()
    if not len(known):
        return []
    shares = np.linspace(0, 1, parameters["number_of_bins"] + 1)[1:-1]
    if parameters["binning_mode"] == QUANTILES:
        return [float(edge) for edge in np.unique(np.quantile(known, shares))]
    return [float(edge) for edge in np.unique(known.min() + shares * (known.max() - known.min()))]


COMPONENT = Component(
    name="group_data_into_bins",
    label="Group Data into Bins",
    category="Data transformation",
    description="Replaces numbers by the bin they fall into: bins of equal counts, of equal width, or with given edges.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("quantized_dataset", PortType.DATASET), Port("binning_transformation", PortType.TRANSFORM)),
    parameters=(
        Parameter("binning_mode", Kind.CHOICE, default=QUANTILES, choices=(QUANTILES, EQUAL_WIDTH, CUSTOM)),
        Parameter(
            "number_of_bins",
            Kind.INTEGER,
            default=10,
            minimum=2,
            maximum=1000,
            when={"binning_mode": (QUANTILES, EQUAL_WIDTH)},
        ),
        Parameter(
            "quantile_normalization",
            Kind.CHOICE,
            default=PERCENT,
            choices=(PERCENT, PQUANTILE, INDEX),
            description="The bin as a share of 100, as a share of 1, or as its number.",
            when={"binning_mode": (QUANTILES,)},
        ),
        Parameter("comma_separated_list_of_bin_edges", Kind.NUMBERS, when={"binning_mode": (CUSTOM,)}),
        Parameter("columns", Kind.COLUMNS, "Columns to bin", "none; include types numeric", port="dataset"),
        Parameter("output_mode", Kind.CHOICE, default=APPEND, choices=(APPEND, INPLACE, RESULT_ONLY)),
        Parameter("tag_columns_as_categorical", Kind.BOOLEAN, default=True),
    ),
    keywords=("quantize", "discretize", "histogram"),
)

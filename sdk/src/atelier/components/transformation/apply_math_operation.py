"""Apply Math Operation: a function over columns of numbers, alone or with a constant or with other columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds, column_names, column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.transformation import math_functions

if TYPE_CHECKING:
    import numpy as np

CONSTANT, COLUMN_SET = "Constant", "ColumnSet"
APPEND, INPLACE, RESULT_ONLY = "Append", "Inplace", "ResultOnly"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with what the function gives; where it gives nothing (the root of a negative number), the value is missing."""
    import pandas as pd

    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset")
    function = next(parameters[one] for one in FUNCTIONS.values() if one in parameters)
    mode = parameters["output_mode"]
    made: dict[str, Any] = {}
    for name, (other, second) in zip(names, _seconds(table, names, function, parameters)):
        for label, values in _results(function, _numbers(table, name, "columns"), second):
            said = f"{function}({', '.join([name, *other])}){label}"
            if mode == INPLACE and label:
                raise ComponentError(f"{function} gives two columns of one: choose Append.", parameter="output_mode")
            made[name if mode == INPLACE else column_names.free(said, [*table.frame.columns, *made])] = values
    new = pd.DataFrame(made, index=table.frame.index)
    if mode == INPLACE:
        return {"results_dataset": table.with_frame(table.frame.assign(**made))}
    kept = table.frame if mode == APPEND else table.frame[[]]
    return {"results_dataset": table.with_frame(pd.concat([kept, new], axis=1))}


def _seconds(
    table: Table, names: list[str], function: str, parameters: Mapping[str, Any]
) -> list[tuple[list[str], Any]]:
    """For each column how the second argument is called, and its values."""
    if function not in math_functions.BINARY:
        return [([], None)] * len(names)
    if parameters["operation_argument_type"] == CONSTANT:
        constant = parameters["constant_operation_argument"]
        return [([f"{constant:g}"], constant)] * len(names)
    place = "operation_argument_column_set"
    others = column_rules.pick_in_order(parameters[place], table, parameter=place, port="dataset")
    if len(others) not in (1, len(names)):
        said = f"{len(names)} columns are chosen and {len(others)} second arguments: choose one, or as many."
        raise ComponentError(said, parameter=place)
    return [([one], _numbers(table, one, place)) for one in (others if len(others) > 1 else others * len(names))]


def _numbers(table: Table, name: str, parameter: str) -> np.ndarray:
    kind = column_kinds.of_column(table, name)
    if column_kinds.of_series(table.frame[name]) not in (column_kinds.NUMERIC, column_kinds.BOOLEAN):
        said = f"Only numbers can be computed with; {name!r} is {kind}."
        raise ComponentError(said, parameter=parameter, port="dataset")
    found: np.ndarray = table.frame[name].to_numpy(dtype="float64", na_value=float("nan"))
    return found


def _results(function: str, first: np.ndarray, second: Any) -> list[tuple[str, Any]]:
    import numpy as np

    with np.errstate(all="ignore"):
        if second is None:
            found = math_functions.named(function)(first)
        else:
            found = math_functions.named(function)(
                first, np.broadcast_to(np.asarray(second, dtype="float64"), first.shape)
            )
    if np.iscomplexobj(found):
        return [(" real", found.real), (" imaginary", found.imag)]
    if found.dtype == bool:  # what is compared with a missing value is neither true nor false
        import pandas as pd

        gaps = np.isnan(first) | np.isnan(np.broadcast_to(np.asarray(second, dtype="float64"), first.shape))
        return [
            (
                "",
                pd.array(found, dtype="boolean")
                if not gaps.any()
                else pd.Series(found, dtype="boolean").mask(gaps).array,
            )
        ]
    return [("", np.where(np.isfinite(found), found, np.nan))]


FUNCTIONS = {category: f"{category.lower()}_function" for category in math_functions.CATEGORIES}
DEFAULTS = {"Basic": "Abs", "Compare": "EqualTo", "Operations": "Add", "Rounding": "Ceiling", "Special": "Beta"}


def _function(category: str) -> Parameter:
    choices = tuple(math_functions.CATEGORIES[category])
    label = f"{category} operation" if category == "Operations" else f"{category} math function"
    default = DEFAULTS.get(category, "Acos")
    return Parameter(FUNCTIONS[category], Kind.CHOICE, label, default, choices, when={"category": (category,)})


COMPONENT = Component(
    name="apply_math_operation",
    label="Apply Math Operation",
    category="Data transformation",
    description="Computes a function of columns of numbers: basic, comparing, rounding, special or trigonometric.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter("category", Kind.CHOICE, default="Basic", choices=tuple(math_functions.CATEGORIES)),
        *map(_function, math_functions.CATEGORIES),
        Parameter(
            "operation_argument_type",
            Kind.CHOICE,
            default=CONSTANT,
            choices=(CONSTANT, COLUMN_SET),
            description="Where the second argument comes from, for functions that take two.",
        ),
        Parameter(
            "constant_operation_argument",
            Kind.NUMBER,
            default=0.0,
            description="The second argument: the exponent of Pow, the base of Log, the digits of RoundDigits.",
            when={"operation_argument_type": (CONSTANT,)},
        ),
        Parameter(
            "operation_argument_column_set",
            Kind.COLUMNS,
            port="dataset",
            optional=True,
            description="One column, or as many as are chosen below.",
            when={"operation_argument_type": (COLUMN_SET,)},
        ),
        Parameter("columns", Kind.COLUMNS, "Column set", "none; include types numeric", port="dataset"),
        Parameter("output_mode", Kind.CHOICE, default=APPEND, choices=(APPEND, INPLACE, RESULT_ONLY)),
    ),
    packages=("scipy",),
    keywords=("log", "sqrt", "add", "divide", "round", "sine"),
)

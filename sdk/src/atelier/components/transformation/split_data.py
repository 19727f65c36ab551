"""Split Data: the rows of a table in two, by chance, by a regular expression or by a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.transformation import row_conditions

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ROWS, REGULAR, RELATIVE = "Split Rows", "Regular Expression", "Relative Expression"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Two tables: the rows that were chosen, and the others."""
    table: Table = inputs["dataset"]
    mode = parameters["splitting_mode"]
    if mode == ROWS:
        first, second = _by_chance(table, parameters)
    else:
        if mode == REGULAR:
            chosen = row_conditions.matching(table, parameters["regular_expression"], "regular_expression")
        else:
            chosen = row_conditions.holding(table, parameters["relational_expression"], "relational_expression")
        first, second = chosen.nonzero()[0], (~chosen).nonzero()[0]
    rows = table.frame.iloc
    return {"results_dataset1": table.with_frame(rows[first]), "results_dataset2": table.with_frame(rows[second])}


def _by_chance(table: Table, parameters: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The places of the rows of both tables. By chance they come in the order of scikit-learn's `train_test_split`."""
    import numpy as np

    count, fraction = len(table.frame), parameters["fraction_of_rows"]
    places, wanted = np.arange(count), int(np.floor(fraction * count))
    key = parameters.get("stratification_key_column")
    if key is not None:
        table.require(key, parameter="stratification_key_column", port="dataset")
    if not 0 < wanted < count:
        return places[:wanted], places[wanted:]
    if not parameters["randomized_split"]:
        first = places[:wanted] if key is None else _first_of_each(table, key, fraction)
        return first, np.setdiff1d(places, first)
    if key is not None:
        return _stratified(table, key, fraction, parameters["seed"])
    # What `train_test_split` draws, without the second that importing scikit-learn takes.
    dealt = np.random.RandomState(parameters["seed"]).permutation(count)
    return dealt[count - wanted :], dealt[: count - wanted]


def _stratified(table: Table, key: str, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np
    from sklearn.model_selection import train_test_split

    groups = table.frame[key].astype("string").fillna("")
    try:
        first, second = train_test_split(
            np.arange(len(groups)), train_size=fraction, random_state=seed, stratify=groups
        )
    except ValueError as error:
        raise _uneven(groups, key) from error
    return first, second


def _uneven(groups: pd.Series, key: str) -> ComponentError:
    counts = groups.value_counts()
    said = f"The rows can't be split evenly by {key!r}: "
    if counts.iloc[-1] < 2:
        said += (
            f"{(counts == 1).sum():,} of its {len(counts):,} values are in one row alone, such as {counts.index[-1]!r}"
        )
    else:
        said += f"it has {len(counts):,} values, and one of the outputs would have fewer rows"
    return ComponentError(f"{said}. Choose a column of fewer values.", parameter="stratification_key_column")


def _first_of_each(table: Table, key: str, fraction: float) -> np.ndarray:
    """The first rows of each value of the key, as many as its share asks for."""
    groups = table.frame[key].astype("string").fillna("")
    within = groups.groupby(groups).cumcount()
    sizes = groups.map(groups.value_counts())
    found: np.ndarray = (within < (sizes * fraction).astype(float).round()).to_numpy().nonzero()[0]
    return found


COMPONENT = Component(
    name="split_data",
    label="Split Data",
    category="Data transformation",
    description="Splits the rows of a table in two: by chance, by a regular expression or by a comparison.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET, description="The table to split."),),
    outputs=(
        Port("results_dataset1", PortType.DATASET, "Results dataset1", "The chosen rows."),
        Port("results_dataset2", PortType.DATASET, "Results dataset2", "All other rows."),
    ),
    parameters=(
        Parameter("splitting_mode", Kind.CHOICE, default=ROWS, choices=(ROWS, REGULAR, RELATIVE)),
        Parameter(
            "fraction_of_rows",
            Kind.NUMBER,
            "Fraction of rows in the first output dataset",
            0.5,
            minimum=0,
            maximum=1,
            when={"splitting_mode": (ROWS,)},
        ),
        Parameter(
            "randomized_split",
            Kind.BOOLEAN,
            default=True,
            description="Rows are chosen by chance; without it the first rows go to the first output.",
            when={"splitting_mode": (ROWS,)},
        ),
        Parameter(
            "seed",
            Kind.INTEGER,
            "Random seed",
            0,
            minimum=0,
            maximum=2**32 - 1,
            description="The same seed gives the same rows.",
            when={"splitting_mode": (ROWS,), "randomized_split": (True,)},
        ),
        Parameter(
            "stratified_split",
            Kind.BOOLEAN,
            default=False,
            description="Both outputs have the same shares of the key column's values.",
            when={"splitting_mode": (ROWS,)},
        ),
        Parameter("stratification_key_column", Kind.COLUMN, port="dataset", when={"stratified_split": (True,)}),
        Parameter(
            "regular_expression",
            Kind.TEXT,
            default='\\"column name" ^start',
            description='A column and what its text is searched for: \\"make" ^a. A column by number: (\\0) ^a, the first is 0.',
            when={"splitting_mode": (REGULAR,)},
        ),
        Parameter(
            "relational_expression",
            Kind.TEXT,
            default='\\"column name" > 3',
            description='A column and a comparison with <, <=, >, >=, == or !=: \\"price" > 10000 & \\"make" != audi. '
            "& binds before |. Rows with a missing value go to the second output.",
            when={"splitting_mode": (RELATIVE,)},
        ),
    ),
    packages=("scikit-learn",),
    keywords=("train", "test", "sample", "filter rows"),
)

"""SMOTE: more rows of the rarer class, between rows that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds, views
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with new rows of the rarest class below its own."""
    table: Table = inputs["samples"]
    label = table.require(parameters["label_column"], parameter="label_column", port="samples")
    counts = table.frame[label].value_counts()
    if len(counts) < 2:
        said = f"{label!r} has {'one value' if len(counts) else 'no value'}: SMOTE needs two classes or more."
        raise ComponentError(said, parameter="label_column")
    rare, count = counts.index[-1], int(counts.iloc[-1])
    wanted = count + count * parameters["smote_percentage"] // 100
    neighbours = parameters["number_of_nearest_neighbors"]
    if wanted == count:
        return {"table": table}
    if count <= neighbours:
        said = f"{neighbours} nearest neighbors are wanted, and the class {views.plain(rare)!r} has {count} {'row' if count == 1 else 'rows'}."
        raise ComponentError(said, parameter="number_of_nearest_neighbors")
    return {"table": _more(table, label, {rare: wanted}, neighbours, parameters["seed"])}


def _more(table: Table, label: str, wanted: dict[Any, int], neighbours: int, seed: int) -> Table:
    import pandas as pd

    frame = table.frame[table.frame[label].notna()]
    features = frame.drop(columns=[label])
    numeric = [name for name in features.columns if column_kinds.of_column(table, name) == column_kinds.NUMERIC]
    gap = next((name for name in numeric if features[name].isna().any()), None)
    if gap is not None:
        raise ComponentError(f"{gap!r} has missing values: clean them first (Clean Missing Data).", port="samples")
    codes, levels = _coded(features, numeric)
    # The classes by number, in the order of their first row: the learner knows neither booleans nor categories.
    numbers, classes = pd.factorize(frame[label].astype("object"))
    strategy = {list(classes).index(value): count for value, count in wanted.items()}
    sampler = _sampler(len(features.columns), numeric, features, strategy, neighbours, seed)
    made, labels = sampler.fit_resample(codes, numbers)
    found = pd.DataFrame(_decoded(made[len(frame) :], features, numeric, levels))
    found[label] = pd.Series([classes[number] for number in labels[len(frame) :]]).astype(frame[label].dtype)
    return table.with_frame(pd.concat([table.frame, found[list(table.frame.columns)]], ignore_index=True))


def _coded(features: pd.DataFrame, numeric: list[str]) -> tuple[np.ndarray, dict[str, Any]]:
    """The features as numbers, and the values behind the numbers of those that are none."""
    import numpy as np
    import pandas as pd

    levels, columns = {}, []
    for name in features.columns:
        if name in numeric:
            columns.append(features[name].to_numpy(dtype="float64"))
        else:
            codes, levels[name] = pd.factorize(features[name].astype("object"), use_na_sentinel=False)
            columns.append(codes.astype("float64"))
    return np.column_stack(columns) if columns else np.empty((len(features), 0)), levels


def _sampler(
    count: int, numeric: list[str], features: pd.DataFrame, strategy: dict[int, int], neighbours: int, seed: int
) -> Any:
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC

    if not count:
        raise ComponentError("The table has a label and no other column.", port="samples")
    options = {"sampling_strategy": strategy, "k_neighbors": neighbours, "random_state": seed}
    if not numeric:
        return SMOTEN(**options)
    others = [place for place, name in enumerate(features.columns) if name not in numeric]
    return SMOTENC(categorical_features=others, **options) if others else SMOTE(**options)


def _decoded(
    made: np.ndarray, features: pd.DataFrame, numeric: list[str], levels: dict[str, Any]
) -> dict[str, pd.Series]:
    import pandas as pd

    found = {}
    for place, name in enumerate(features.columns):
        if name in numeric:
            found[name] = pd.Series(made[:, place])
        else:
            values = pd.Series([levels[name][int(code)] for code in made[:, place]], dtype="object")
            found[name] = values.astype(features[name].dtype)
    return found


COMPONENT = Component(
    name="smote",
    label="SMOTE",
    category="Data transformation",
    description="Makes more rows of the rarest class, between rows of it that are near to each other.",
    run=run,
    inputs=(Port("samples", PortType.DATASET),),
    outputs=(Port("table", PortType.DATASET),),
    parameters=(
        Parameter("label_column", Kind.COLUMN, port="samples"),
        Parameter(
            "smote_percentage",
            Kind.INTEGER,
            "SMOTE percentage",
            100,
            minimum=0,
            maximum=100_000,
            description="How many rows are added, in percent of those of the rarest class: 100 doubles them.",
        ),
        Parameter("number_of_nearest_neighbors", Kind.INTEGER, default=1, minimum=1, maximum=1000),
        Parameter("seed", Kind.INTEGER, "Random seed", 0, minimum=0, maximum=2**32 - 1),
    ),
    packages=("imbalanced-learn",),
    keywords=("imbalanced", "oversample", "rare class"),
)

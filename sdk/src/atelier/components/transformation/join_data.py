"""Join Data: rows of two tables that have the same key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_names, column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.transformation import column_types

if TYPE_CHECKING:
    import pandas as pd

INNER, LEFT, FULL, SEMI = "Inner Join", "Left Outer Join", "Full Outer Join", "Left Semi-Join"
LEFT_KEYS, RIGHT_KEYS = "join_key_columns_for_left_dataset", "join_key_columns_for_right_dataset"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The joined rows in the order of the left table; rows of the right one alone come last. A missing key meets nothing."""
    left, right = inputs["left_dataset"], inputs["right_dataset"]
    keys = _keys(left, right, parameters)
    pairs = _pairs(left.frame, right.frame, keys, parameters["match_case"])
    kind = parameters["join_type"]
    if kind == SEMI:
        return {"results_dataset": left.with_frame(left.frame.iloc[sorted(set(pairs["left"]))])}
    lefts, rights = pairs["left"].tolist(), pairs["right"].tolist()
    if kind in (LEFT, FULL):
        met = set(lefts)
        alone = [place for place in range(len(left.frame)) if place not in met]
        both = sorted([*zip(lefts, rights), *((place, -1) for place in alone)])
        lefts, rights = [one for one, _ in both], [other for _, other in both]
    if kind == FULL:
        met = set(rights)
        alone = [place for place in range(len(right.frame)) if place not in met]
        lefts, rights = lefts + [-1] * len(alone), rights + alone
    return {"results_dataset": _side_by_side(left, right, lefts, rights, keys, parameters["keep_right_key_columns"])}


def _keys(left: Table, right: Table, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    ours = column_rules.pick_in_order(parameters[LEFT_KEYS], left, parameter=LEFT_KEYS, port="left_dataset")
    theirs = column_rules.pick_in_order(parameters[RIGHT_KEYS], right, parameter=RIGHT_KEYS, port="right_dataset")
    if len(ours) != len(theirs):
        said = f"{len(ours)} key columns are chosen on the left and {len(theirs)} on the right: choose as many."
        raise ComponentError(said, parameter=RIGHT_KEYS)
    return list(zip(ours, theirs))


def _pairs(left: pd.DataFrame, right: pd.DataFrame, keys: list[tuple[str, str]], matches_case: bool) -> pd.DataFrame:
    """The places of the rows that meet, in the order of the left table and then of the right one."""
    import pandas as pd

    sides = []
    for frame, side in ((left, 0), (right, 1)):
        own = {place: _key(frame[names[side]], matches_case) for place, names in enumerate(keys)}
        known = pd.DataFrame(own, index=range(len(frame))).dropna()
        sides.append(known.assign(**{("left", "right")[side]: known.index}))
    try:
        pairs = sides[0].merge(sides[1], on=list(range(len(keys))), how="inner")
    except ValueError as error:
        said = "The key columns are of different types, such as numbers on one side and texts on the other."
        raise ComponentError(f"{said} Edit Metadata changes a column's type.", parameter=RIGHT_KEYS) from error
    return pairs[["left", "right"]].sort_values(["left", "right"])


def _key(values: pd.Series, matches_case: bool) -> Any:
    import pandas as pd

    values = column_types.without_categories(values)
    if not matches_case and pd.api.types.is_string_dtype(values):
        values = values.str.lower()
    return values.to_numpy()


def _side_by_side(
    left: Table, right: Table, lefts: list[int], rights: list[int], keys: list[tuple[str, str]], keeps_keys: bool
) -> Table:
    import pandas as pd

    ours, theirs = _taken(left.frame, lefts), _taken(right.frame, rights)
    if not keeps_keys:
        for own, other in keys:
            if -1 in lefts:  # rows of the right table alone keep their key
                ours[own] = ours[own].where(pd.Series(lefts) >= 0, theirs[other])
        theirs = theirs.drop(columns=[other for _, other in keys])
    names = column_names.each_once(theirs.columns, ours.columns)
    known = {new: right.columns[old] for old, new in zip(theirs.columns, names) if old in right.columns}
    return Table(pd.concat([ours, theirs.set_axis(names, axis=1)], axis=1), {**left.columns, **known})


def _taken(frame: pd.DataFrame, places: list[int]) -> pd.DataFrame:
    """The rows at these places; -1 is a row of missing values."""
    plain = frame.reset_index(drop=True)
    found = plain.reindex(places) if -1 in places else plain.iloc[places]
    return found.reset_index(drop=True)


COMPONENT = Component(
    name="join_data",
    label="Join Data",
    category="Data transformation",
    description="Joins the rows of two tables that have the same values in their key columns.",
    run=run,
    inputs=(Port("left_dataset", PortType.DATASET), Port("right_dataset", PortType.DATASET)),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter(LEFT_KEYS, Kind.COLUMNS, port="left_dataset", description="In the order of those on the right."),
        Parameter(RIGHT_KEYS, Kind.COLUMNS, port="right_dataset"),
        Parameter("match_case", Kind.BOOLEAN, default=True),
        Parameter("join_type", Kind.CHOICE, default=INNER, choices=(INNER, LEFT, FULL, SEMI)),
        Parameter(
            "keep_right_key_columns",
            Kind.BOOLEAN,
            "Keep right key columns in joined table",
            True,
            when={"join_type": (INNER, LEFT, FULL)},
        ),
    ),
    keywords=("merge", "lookup", "sql"),
)

"""Partition and Sample: rows into folds, one of the folds, a share of the rows, or the first ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_names
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import FOLD, Column, Table

if TYPE_CHECKING:
    import numpy as np

FOLDS, PICK, SAMPLING, HEAD = "Assign to Folds", "Pick Fold", "Sampling", "Head"
EVENLY, PROPORTIONS = "Partition evenly", "Partition with customized proportions"
FOLD_COLUMN = "Fold number"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with fold numbers (a column of the role fold, counted from 1), or the chosen rows."""
    table: Table = inputs["dataset"]
    mode = parameters["partition_or_sample_mode"]
    if mode == HEAD:
        return {"results_dataset": table.with_frame(table.frame.head(parameters["number_of_rows_to_select"]))}
    if mode == PICK:
        return {"results_dataset": _picked(table, parameters)}
    _check_key(table, parameters)
    if not len(table.frame) and mode == SAMPLING:
        return {"results_dataset": table}
    rows = _rows_of_strata(table, parameters)
    if mode == SAMPLING:
        return {"results_dataset": _sampled(table, rows, parameters)}
    return {"results_dataset": _assigned(table, rows, parameters)}


def _check_key(table: Table, parameters: Mapping[str, Any]) -> None:
    key = parameters.get("stratification_key_column")
    if key is not None:
        table.require(key, parameter="stratification_key_column", port="dataset")


def _rows_of_strata(table: Table, parameters: Mapping[str, Any]) -> list[np.ndarray]:
    """The places of the rows of each value of the key; all in one without a key."""
    import numpy as np

    key = parameters.get("stratification_key_column")
    if key is None:
        return [np.arange(len(table.frame))]
    groups = table.frame[key].astype("string").fillna("")
    return [np.asarray(places) for places in groups.groupby(groups).indices.values()]


def _sampled(table: Table, strata: list[np.ndarray], parameters: Mapping[str, Any]) -> Table:
    import numpy as np

    chance = np.random.RandomState(parameters["seed"])
    chosen = [
        chance.choice(rows, size=round(len(rows) * parameters["rate_of_sampling"]), replace=False) for rows in strata
    ]
    return table.with_frame(table.frame.iloc[np.sort(np.concatenate(chosen))])


def _assigned(table: Table, strata: list[np.ndarray], parameters: Mapping[str, Any]) -> Table:
    import numpy as np

    chance = np.random.RandomState(parameters["seed"])
    shares = _shares(parameters)
    numbers = np.zeros(len(table.frame), dtype="int64")
    for rows in strata:
        if parameters["use_replacement_in_the_partitioning"]:
            numbers[rows] = chance.choice(len(shares), size=len(rows), p=shares) + 1
            continue
        ordered = chance.permutation(rows) if parameters["randomized_split"] else rows
        ends = np.round(np.cumsum(shares) * len(rows)).astype(int)
        for number, part in enumerate(np.split(ordered, ends[:-1]), start=1):
            numbers[part] = number
    known = table.of_role(FOLD)
    frame = table.frame.drop(columns=known)
    name = column_names.free(FOLD_COLUMN, frame.columns)
    return table.with_frame(frame.assign(**{name: numbers})).marked([name], Column(role=FOLD))


def _shares(parameters: Mapping[str, Any]) -> list[float]:
    if parameters["partitioner_method"] == EVENLY:
        count = parameters["number_of_folds"]
        return [1 / count] * count
    shares = list(parameters["proportions"])
    total = sum(shares)
    if total > 1 + 1e-9:
        raise ComponentError(
            f"The proportions add up to {total:g}: at most 1 can be given away.", parameter="proportions"
        )
    if total < 1 - 1e-9:
        shares.append(1 - total)
    return [share / sum(shares) for share in shares]


def _picked(table: Table, parameters: Mapping[str, Any]) -> Table:
    known = table.of_role(FOLD)
    if not known:
        said = "The table has no folds: Partition and Sample with the mode Assign to Folds makes them."
        raise ComponentError(said, port="dataset")
    number, folds = parameters["fold_number"], table.frame[known[0]]
    if number not in set(folds):
        there = ", ".join(map(str, sorted(set(folds))))
        raise ComponentError(f"There is no fold {number}: the folds are {there}.", parameter="fold_number")
    chosen = folds != number if parameters["pick_complement_of_the_selected_fold"] else folds == number
    return table.with_frame(table.frame[chosen].drop(columns=known))


def _in(*modes: str) -> dict[str, tuple[Any, ...]]:
    return {"partition_or_sample_mode": modes}


COMPONENT = Component(
    name="partition_and_sample",
    label="Partition and Sample",
    category="Data transformation",
    description="Assigns rows to folds, picks a fold, takes a share of the rows by chance, or the first rows.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter("partition_or_sample_mode", Kind.CHOICE, default=SAMPLING, choices=(FOLDS, PICK, SAMPLING, HEAD)),
        Parameter("number_of_rows_to_select", Kind.INTEGER, default=10, minimum=0, when=_in(HEAD)),
        Parameter("rate_of_sampling", Kind.NUMBER, default=0.01, minimum=0, maximum=1, when=_in(SAMPLING)),
        Parameter("fold_number", Kind.INTEGER, "Specify which fold to be sampled from", 1, minimum=1, when=_in(PICK)),
        Parameter("pick_complement_of_the_selected_fold", Kind.BOOLEAN, default=False, when=_in(PICK)),
        Parameter("partitioner_method", Kind.CHOICE, default=EVENLY, choices=(EVENLY, PROPORTIONS), when=_in(FOLDS)),
        Parameter(
            "number_of_folds",
            Kind.INTEGER,
            "Specify number of folds to split evenly into",
            5,
            minimum=1,
            maximum=1000,
            when={"partitioner_method": (EVENLY,)},
        ),
        Parameter(
            "proportions",
            Kind.NUMBERS,
            "Proportion list of customized folds",
            "0.5; 0.5",
            minimum=0,
            maximum=1,
            description="What is left to 1 is one more fold.",
            when={"partitioner_method": (PROPORTIONS,)},
        ),
        Parameter(
            "use_replacement_in_the_partitioning",
            Kind.BOOLEAN,
            default=False,
            description="The fold of each row is drawn on its own, so that the folds' sizes vary.",
            when=_in(FOLDS),
        ),
        Parameter("randomized_split", Kind.BOOLEAN, default=True, when=_in(FOLDS)),
        Parameter("seed", Kind.INTEGER, "Random seed", 0, minimum=0, maximum=2**32 - 1, when=_in(FOLDS, SAMPLING)),
        Parameter("stratified_split", Kind.BOOLEAN, default=False, when=_in(FOLDS, SAMPLING)),
        Parameter("stratification_key_column", Kind.COLUMN, port="dataset", when={"stratified_split": (True,)}),
    ),
    keywords=("folds", "random", "cross validation", "head"),
)

"""Combinations of values to try, and how each does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from atelier.components.errors import ComponentError
from atelier.components.evaluation import reports, scored
from atelier.components.learners import UntrainedModel
from atelier.components.tables import Table
from atelier.components.training import folds, metrics

ENTIRE_GRID, RANDOM_GRID, RANDOM_SWEEP = "Entire grid", "Random grid", "Random sweep"
Judge = Callable[[UntrainedModel], dict[str, float]]


@dataclass(frozen=True)
class Judged:
    """One combination: its figures, or why it could not be trained."""

    tried: Mapping[str, Any]
    figures: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""


def combinations(untrained: UntrainedModel, mode: str, most: int | None, seed: int) -> list[dict[str, Any]]:
    """What to try: all of the grid, as many of it as wanted, or values drawn between the least and the largest of each
    list, evenly by their logarithm where the largest is ten times the least."""
    import numpy as np

    if mode == ENTIRE_GRID or not untrained.ranges:
        return untrained.grid()
    random, wanted = np.random.default_rng(seed), int(most or 1)
    if mode == RANDOM_GRID:
        grid = untrained.grid()
        places = random.permutation(len(grid))[:wanted]
        return [grid[place] for place in sorted(places)]
    return [{name: _drawn(values, random) for name, values in untrained.ranges.items()} for _ in range(wanted)]


def judge_of(
    table: Table,
    validation: Table | None,
    label: str,
    untrained: UntrainedModel,
    parameters: Mapping[str, Any],
) -> Judge:
    """What gives the figures of a learner: on the validation rows, or as the mean over folds of the training rows."""
    if validation is not None:
        validation.require(label, parameter="label_column", port="validation_dataset")

        def on_validation(one: UntrainedModel) -> dict[str, float]:
            scores = folds.fitted(one, table, label).score(folds.labelled(validation, label))
            return reports.figures_of(scored.read(scores, "validation_dataset"))

        return on_validation
    rows = folds.of_rows(
        table,
        label,
        untrained,
        count=parameters["number_of_folds"],
        seed=parameters["random_seed"],
        port="training_dataset",
    )

    def over_folds(one: UntrainedModel) -> dict[str, float]:
        found = [folds.judge(one, table, label, held)[2] for held in rows]
        return {name: sum(figures[name] for figures in found) / len(found) for name in found[0]}

    return over_folds


def judged(untrained: UntrainedModel, tried: Mapping[str, Any], judge: Judge, context: Any, step: int) -> Judged:
    """How one combination does. Its figures are logged as that step."""
    try:
        figures = judge(untrained.with_parameters(tried))
    except ComponentError as error:
        if error.parameter or not untrained.ranges:
            raise  # the label does not fit: no combination will do
        return Judged(tried, problem=error.sentence)
    context.log_metrics({name: value for name, value in figures.items() if math.isfinite(value)}, step=step)
    return Judged(tried, figures)


def ranked(found: Sequence[Judged], metric: str) -> list[Judged]:
    """The best first; those without the figure last. Raises ComponentError when none has it."""
    sign = -1 if metrics.is_better_when_larger(metric) else 1
    keys = [one.figures.get(metric, math.nan) for one in found]
    order = sorted(range(len(found)), key=lambda place: (math.isnan(keys[place]), sign * keys[place], place))
    if math.isnan(keys[order[0]]):
        problem = next((one.problem for one in found if one.problem), f"{metrics.in_words(metric)} can't be told.")
        raise ComponentError(f"No combination could be judged: {problem}", port="untrained_model")
    return [found[place] for place in order]


def as_table(untrained: UntrainedModel, found: Sequence[Judged]) -> Table:
    """A row for each combination: its values by the parameters' labels, its figures, and what went wrong if anything."""
    import pandas as pd

    titles = {one.name: one.to_dict()["label"] for one in _declared(untrained)}
    rows = []
    for one in found:
        row = {titles.get(name, name): value for name, value in one.tried.items()}
        row.update({metrics.in_words(name): value for name, value in one.figures.items()})
        rows.append({**row, **({"Problem": one.problem} if one.problem else {})})
    return Table(pd.DataFrame(rows))


def _declared(untrained: UntrainedModel) -> tuple[Any, ...]:
    inner = untrained.inner.declared.parameters if untrained.inner else ()
    return (*untrained.declared.parameters, *inner)


def _drawn(values: Sequence[Any], random: Any) -> Any:
    low, high = min(values), max(values)
    if low > 0 and high >= 10 * low:
        found = math.exp(random.uniform(math.log(low), math.log(high)))
    else:
        found = float(random.uniform(low, high))
    found = min(max(found, low), high)
    return round(found) if all(isinstance(one, int) for one in values) else found

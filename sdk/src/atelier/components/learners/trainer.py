"""What the learners' declarations share: the trainer mode with its lists of values, the seed, the unknown categories.

A parameter that can be searched stands twice in a declaration: as one value (`learning_rate`), which counts in the mode
Single Parameter, and as a list (`learning_rate_range`, "0.1; 0.2; 0.4"), which counts in the mode Parameter Range and is
tried out by Tune Model Hyperparameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.learners.task import Task
from atelier.components.learners.untrained import UNKNOWN_LEVELS, UntrainedModel

MODE, SINGLE, RANGE = "create_trainer_mode", "Single Parameter", "Parameter Range"
SEED, SUFFIX = "random_number_seed", "_range"
OUTPUT = Port("untrained_model", PortType.UNTRAINED_MODEL, "Untrained model", "The learner with its settings.")
UNKNOWN = Parameter(
    UNKNOWN_LEVELS,
    Kind.BOOLEAN,
    "Allow unknown categorical levels",
    default=True,
    description="Score rows whose categories were not there in training; switched off, such rows are refused.",
)
RANDOM_SEED = Parameter(
    SEED,
    Kind.INTEGER,
    "Random number seed",
    optional=True,
    minimum=0,
    maximum=2**32 - 1,
    description="The same seed gives the same model. Empty counts as 0.",
)
CREATE_MODE = Parameter(
    MODE,
    Kind.CHOICE,
    "Create trainer mode",
    default=SINGLE,
    choices=(SINGLE, RANGE),
    description="One value for each setting, or lists of values for Tune Model Hyperparameters to try.",
)


def ranged(single: Parameter, values: str) -> tuple[Parameter, Parameter]:
    """A parameter that can be searched: as one value, and as a list of these values."""
    listed = replace(
        single,
        name=single.name + SUFFIX,
        kind=Kind.NUMBERS,
        default=values,
        when={**single.when, MODE: (RANGE,)},
        description="The values to try, with ; between them.",
    )
    return replace(single, when={**single.when, MODE: (SINGLE,)}), listed


def learner(
    name: str,
    label: str,
    task: Task,
    description: str,
    parameters: Sequence[Parameter],
    *,
    packages: Sequence[str] = ("scikit-learn",),
    keywords: Sequence[str] = (),
) -> Component:
    """The declaration of a learner: it takes nothing and gives the learner with its settings."""
    category = "Regression" if task in (Task.REGRESSION, Task.QUANTILE) else "Classification"
    return Component(
        name=name,
        label=label,
        category="Anomaly detection" if task is Task.ANOMALY else category,
        description=description,
        run=maker(name, task),
        outputs=(OUTPUT,),
        parameters=tuple(parameters),
        packages=tuple(packages),
        keywords=tuple(keywords),
    )


def maker(name: str, task: Task) -> Callable[..., Mapping[str, Any]]:
    """The `run` of the learner of that name."""

    def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, UntrainedModel]:
        return {"untrained_model": untrained(name, parameters, task)}

    return run


def untrained(name: str, parameters: Mapping[str, Any], task: Task) -> UntrainedModel:
    """The learner with these parameters, lists taken as values to try. Raises ComponentError for a list without values."""
    from atelier.components import catalogue

    declared = {one.name: one for one in catalogue.named(name).parameters}
    ranges = {}
    if parameters.get(MODE) == RANGE:
        lists = [one for one in declared if one.endswith(SUFFIX) and one in parameters]
        ranges = {one[: -len(SUFFIX)]: _values(declared, one, parameters[one]) for one in lists}
    single = {one: value for one, value in parameters.items() if one not in (MODE,) and not one.endswith(SUFFIX)}
    return UntrainedModel(name, {**single, **{one: values[0] for one, values in ranges.items()}}, task, ranges)


def seed_of(parameters: Mapping[str, Any]) -> int:
    """The seed that the parameters say."""
    return int(parameters.get(SEED) or 0)


def _values(declared: Mapping[str, Parameter], name: str, given: Sequence[float]) -> tuple[Any, ...]:
    """The values of a list, whole numbers where the parameter is one. Raises ComponentError for another."""
    single = declared[name[: -len(SUFFIX)]]
    if single.kind is not Kind.INTEGER:
        return tuple(float(value) for value in given)
    broken = next((value for value in given if value != int(value)), None)
    if broken is not None:
        raise ComponentError(f"{single.label} takes whole numbers; {broken:g} is none.", parameter=name)
    return tuple(int(value) for value in given)

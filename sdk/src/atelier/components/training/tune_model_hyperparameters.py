"""Tune Model Hyperparameters: a learner's lists of values tried out, and the model of the best ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.learners import UntrainedModel
from atelier.components.tables import Table
from atelier.components.training import folds, metrics, ports, sweeps


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """A row for each combination that was tried, the best first, and the model of the best, trained on all training rows.

    The figures of each combination are a step of the run's metrics.
    """
    untrained: UntrainedModel = inputs["untrained_model"]
    table: Table = inputs["training_dataset"]
    label = table.require(parameters["label_column"], parameter="label_column", port="training_dataset")
    tries = sweeps.combinations(
        untrained,
        parameters["parameter_sweeping_mode"],
        parameters.get("maximum_number_of_runs_on_random_sweep"),
        parameters["random_seed"],
    )
    judge = sweeps.judge_of(table, inputs.get("validation_dataset"), label, untrained, parameters)
    found = [sweeps.judged(untrained, tried, judge, context, step) for step, tried in enumerate(tries, start=1)]
    metric = metrics.chosen(untrained.task, found, parameters)
    ranked = sweeps.ranked(found, metric)
    best = folds.fitted(untrained.with_parameters(ranked[0].tried), table, label)
    value = ranked[0].figures[metric]
    context.log_metrics({f"best_{metric}": value})
    notes = {"Combinations tried": len(found), f"Best {metrics.in_words(metric)}": value}
    return {"sweep_results": sweeps.as_table(untrained, ranked), "trained_best_model": replace(best, notes=notes)}


COMPONENT = Component(
    name="tune_model_hyperparameters",
    label="Tune Model Hyperparameters",
    category="Model training",
    description="Tries the lists of values of a learner made in the mode Parameter Range, and trains it with the best.",
    run=run,
    inputs=(
        ports.UNTRAINED,
        Port("training_dataset", PortType.DATASET, "Training dataset", "The rows to train on."),
        Port(
            "validation_dataset",
            PortType.DATASET,
            "Optional validation dataset",
            "The rows to judge by; without them the training rows are cross-validated.",
            optional=True,
        ),
    ),
    outputs=(
        Port("sweep_results", PortType.DATASET, "Sweep results"),
        Port("trained_best_model", PortType.TRAINED_MODEL, "Trained best model"),
    ),
    parameters=(
        Parameter(
            "parameter_sweeping_mode",
            Kind.CHOICE,
            "Specify parameter sweeping mode",
            default=sweeps.RANDOM_SWEEP,
            choices=(sweeps.ENTIRE_GRID, sweeps.RANDOM_GRID, sweeps.RANDOM_SWEEP),
            description="Every combination, some of them by chance, or values by chance between the least and the largest.",
        ),
        Parameter(
            "maximum_number_of_runs_on_random_sweep",
            Kind.INTEGER,
            "Maximum number of runs on random sweep",
            default=5,
            minimum=1,
            maximum=10_000,
            when={"parameter_sweeping_mode": (sweeps.RANDOM_SWEEP, sweeps.RANDOM_GRID)},
        ),
        ports.seed("Which combinations are drawn, and which rows come into which fold."),
        ports.label_column("training_dataset"),
        Parameter(
            "metric_for_measuring_performance_for_classification",
            Kind.CHOICE,
            "Metric for measuring performance for classification",
            default="Accuracy",
            choices=tuple(metrics.CLASSIFICATION),
        ),
        Parameter(
            "metric_for_measuring_performance_for_regression",
            Kind.CHOICE,
            "Metric for measuring performance for regression",
            default="Mean absolute error",
            choices=tuple(metrics.REGRESSION),
        ),
        Parameter(
            "number_of_folds",
            Kind.INTEGER,
            "Number of folds",
            default=5,
            minimum=2,
            maximum=1000,
            description="For cross-validation, where no validation dataset is connected.",
        ),
    ),
    packages=("scikit-learn",),
    keywords=("hyperparameter", "grid search", "random search", "sweep", "optimize"),
)

"""A learner with its settings, before it has seen data."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from atelier.components import catalogue, views
from atelier.components.declaring import Component
from atelier.components.learners.task import Shape, Task

UNKNOWN_LEVELS = "allow_unknown_categorical_levels"


@dataclass(frozen=True)
class UntrainedModel:
    """A learner by the name of its component, with its parameters.

    `ranges` holds the values to try of each parameter, when it was made for a search; `parameters` then has the first
    of each. `inner` is the learner that One-vs-All and One-vs-One are built of.
    """

    component: str
    parameters: Mapping[str, Any]
    task: Task
    ranges: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    inner: UntrainedModel | None = None

    @property
    def declared(self) -> Component:
        """The component that it was made by."""
        return catalogue.named(self.component)

    @property
    def label(self) -> str:
        """What a page calls it: "Linear Regression"."""
        return self.declared.label

    @property
    def allows_unknown_levels(self) -> bool:
        return bool(self.parameters.get(UNKNOWN_LEVELS, True))

    def grid(self) -> list[dict[str, Any]]:
        """Every combination of the values to try, the last parameter changing fastest. One, empty, when there are none."""
        names = list(self.ranges)
        return [dict(zip(names, values)) for values in itertools.product(*self.ranges.values())]

    def with_parameters(self, changed: Mapping[str, Any]) -> UntrainedModel:
        """The same learner with these parameters, and no values to try any more."""
        return replace(self, parameters={**self.parameters, **changed}, ranges={})

    def build(self, shape: Shape) -> Any:
        """A fresh estimator, not yet trained. Raises ComponentError for settings that do not go together."""
        _let_threads_wait()
        module = import_module(f"atelier.components.{catalogue.MODULES[self.component]}")
        if self.inner is not None:
            return module.estimator(self.parameters, shape, self.inner)
        return module.estimator(self.parameters, shape)

    def settings(self) -> list[tuple[str, Any]]:
        """Its parameters as a page shows them: label and value."""
        declared = (*self.declared.parameters, *(self.inner.declared.parameters if self.inner else ()))
        labels = {one.name: one.to_dict()["label"] for one in declared}
        shown = {**self.parameters, **{name: _listed(values) for name, values in self.ranges.items()}}
        return [(labels.get(name, name), value) for name, value in shown.items() if value is not None]

    def about(self) -> dict[str, Any]:
        """What `about.json` says of it."""
        found = {"title": self.label, "component": self.component, "task": str(self.task), "trained": False}
        return {**found, "parameters": dict(self.parameters)}

    def view(self) -> dict[str, Any]:
        """What a page shows of it."""
        settings = [*self.settings(), *((("Binary learner", self.inner.label),) if self.inner else ())]
        return views.view("model", self.label, facts=[("Task", str(self.task)), *settings])


def _let_threads_wait() -> None:
    """Threads of OpenMP that wait give their core away, where nothing else is set: beside other jobs on the machine,
    boosted trees were trained four times as fast. A library reads it when it is loaded."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _listed(values: tuple[Any, ...]) -> str:
    return "; ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)

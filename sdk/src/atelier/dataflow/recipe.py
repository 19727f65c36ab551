"""A recipe: steps in order, which turn one table into another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

from atelier.dataflow import carrying_out, checking, exporting
from atelier.dataflow.catalogue import STEPS
from atelier.dataflow.column_types import Columns
from atelier.dataflow.errors import RecipeError
from atelier.dataflow.parameters import StepKind
from atelier.dataflow.steps.combine import others_of

if TYPE_CHECKING:
    import polars

    Frame = Union[polars.LazyFrame, polars.DataFrame]

MOST_STEPS = 500


@dataclass(frozen=True)
class Step:
    """One step: its kind and what its parameters are. A step that is not enabled is passed over."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True
    note: str = ""

    @classmethod
    def from_dict(cls, given: Any, number: int = 0) -> Step:
        """The step in this JSON, or a RecipeError."""
        if not isinstance(given, Mapping):
            raise RecipeError("A step is an object with a kind and its parameters.", step=number)
        kind, values = given.get("kind"), given.get("parameters", {})
        if not isinstance(kind, str) or kind not in STEPS:
            raise RecipeError(f"There is no kind of step “{kind}”.", step=number)
        if not isinstance(values, Mapping):
            raise RecipeError("“parameters” is an object: the name of each parameter and its value.", step=number)
        strange = sorted(set(values) - {parameter.name for parameter in STEPS[kind].parameters})
        if strange:
            raise RecipeError(f"“{kind}” has no parameter “{strange[0]}”.", step=number, parameter=str(strange[0]))
        return cls(kind, dict(values), given.get("enabled", True) is not False, str(given.get("note", "")))

    def to_dict(self) -> dict[str, Any]:
        """The step as JSON."""
        found: dict[str, Any] = {"kind": self.kind, "parameters": dict(self.values)}
        if not self.enabled:
            found["enabled"] = False
        return {**found, "note": self.note} if self.note else found

    @property
    def described(self) -> StepKind:
        """What its kind says of itself."""
        return STEPS[self.kind]

    @property
    def filled(self) -> dict[str, Any]:
        """Its parameters, with the defaults of those left out."""
        return self.described.filled(self.values)

    @property
    def sentence(self) -> str:
        """The step in a few words."""
        try:
            return self.described.says(self.filled)
        except (KeyError, TypeError, ValueError, AttributeError):
            return self.described.label  # some of its parameters are not there yet


@dataclass(frozen=True)
class Recipe:
    """Steps over a source, such as `azureml:cars@latest`; the source is for who reads the data, not for the recipe."""

    steps: tuple[Step, ...] = ()
    source: str = ""

    @classmethod
    def from_dict(cls, given: Any) -> Recipe:
        """The recipe in this JSON: `{"source": …, "steps": [{"kind": …, "parameters": {…}}]}`."""
        if not isinstance(given, Mapping):
            raise RecipeError("A recipe is an object with steps.")
        steps = given.get("steps", [])
        if not isinstance(steps, list):
            raise RecipeError("“steps” is a list.")
        if len(steps) > MOST_STEPS:
            raise RecipeError(f"A recipe has {MOST_STEPS} steps at most.")
        read = tuple(Step.from_dict(step, number) for number, step in enumerate(steps, start=1))
        return cls(read, str(given.get("source") or ""))

    def to_dict(self) -> dict[str, Any]:
        """The recipe as JSON."""
        found: dict[str, Any] = {"source": self.source} if self.source else {}
        return {**found, "steps": [step.to_dict() for step in self.steps]}

    @property
    def others(self) -> list[str]:
        """The data it needs beside its source, for joins and unions."""
        wanted = [other for step in self.steps if step.enabled for other in others_of(step.kind, step.values)]
        return [other for other in dict.fromkeys(wanted) if other]

    def upto(self, number: int) -> Recipe:
        """The recipe's first steps, to look at the table after each of them."""
        return Recipe(self.steps[:number], self.source)

    def apply(self, frame: Frame, others: Mapping[str, Frame] | None = None) -> polars.LazyFrame:
        """The table after all the steps. Nothing is read before it is collected or sunk, unless a step must look
        at the data to know its columns (a pivot or one-hot without their values)."""
        return carrying_out.apply(self.steps, frame, others or {})

    def check(self, columns: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None) -> list[Problem]:
        """What can't work, for a table of these columns (name → type): step by step, in order."""
        return checking.check(self.steps, columns, others)

    def schema(
        self, columns: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None
    ) -> list[Columns | None]:
        """The columns after each step (name → type); None where only the data can tell, or a step can't work."""
        return checking.schemas(self.steps, columns, others)

    def code(
        self,
        library: str = "polars",
        columns: Mapping[str, Any] | None = None,
        others: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> str:
        """The recipe as a program of its own. It is more exact with the columns the tables have."""
        return exporting.code(self.steps, library, columns, others, source=self.source)


Problem = checking.Problem

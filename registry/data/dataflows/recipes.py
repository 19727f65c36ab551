"""Recipes in a workspace: read from what people send, with the versions and tables they stand on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from atelier.dataflow import Recipe, RecipeError

from registry.data.assets import queries as assets
from registry.data.assets.models import DataVersion
from registry.data.explore import tables
from registry.data.reading import recipes as reading
from registry.data.reading.recipes import Sample, Worked
from studio.access.models import Workspace
from studio.errors import Invalid, StudioError

MAX_STEPS = 200
MAX_OTHERS = 20


def read(given: Mapping[str, Any]) -> Recipe:
    """A recipe as it was sent: its steps may lack parameters, their kinds and names are known. Raises Invalid."""
    try:
        found = Recipe.from_dict(given)
    except RecipeError as error:
        raise refused(error.step, error.parameter, error.sentence) from error
    if len(found.steps) > MAX_STEPS:
        raise Invalid("bad_recipe", f"A dataflow has {MAX_STEPS} steps at most.")
    return found


def source_of(workspace: Workspace, reference: str) -> DataVersion:
    """The version a recipe begins with. Raises NotFound, and Invalid for what names none."""
    if not reference:
        message = "A dataflow begins with data: name its source."
        raise Invalid("bad_recipe", message, hint="Such as azureml:cars:1.", fields={"source": message})
    return assets.resolve(workspace, reference)


def pinned(recipe: Recipe, source: DataVersion) -> Recipe:
    """The recipe with its source by number, so that it reads the same tomorrow."""
    return replace(recipe, source=source.reference)


def worked(workspace: Workspace, recipe: Recipe, *, sample: Sample | None = None, upto: int | None = None) -> Worked:
    """The recipe with its tables. What it joins and can't be read is told by the step; a source that can't is raised."""
    table = tables.table_of(assets.require_ready(source_of(workspace, recipe.source)))
    others, missing = {}, {}
    for reference in others_of(recipe.upto(len(recipe.steps) if upto is None else upto))[:MAX_OTHERS]:
        try:
            others[reference] = tables.table_of(assets.resolve(workspace, reference))
        except StudioError as error:
            missing[reference] = error.message
    return Worked(recipe.to_dict(), table, others, missing, sample or Sample())


def others_of(recipe: Recipe) -> list[str]:
    """The data a recipe needs beside its source; none where a step names it in a shape that can't be read."""
    try:
        return recipe.others
    except TypeError:
        return []


def require_sound(workspace: Workspace, recipe: Recipe) -> None:
    """Raise Invalid, naming step and parameter, for a recipe that can't be carried out."""
    problems = reading.check(worked(workspace, recipe))["problems"]
    if problems:
        first = problems[0]
        raise refused(first["step"], first["parameter"], first["sentence"], [_field(one) for one in problems[1:]])


def refused(step: int, parameter: str, sentence: str, others: Sequence[tuple[str, str]] = ()) -> Invalid:
    place = f"Step {step}: " if step else ""
    fields = dict([_field({"step": step, "parameter": parameter, "sentence": sentence}), *others])
    return Invalid("bad_recipe", f"{place}{sentence}", hint="Mend the step, or switch it off.", fields=fields)


def _field(problem: Mapping[str, Any]) -> tuple[str, str]:
    """Where a problem stands, as answers name fields."""
    place = f"steps[{problem['step'] - 1}]" if problem["step"] else "steps"
    return f"{place}.{problem['parameter']}" if problem["parameter"] else place, str(problem["sentence"])

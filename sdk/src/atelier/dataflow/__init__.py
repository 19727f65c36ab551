"""What a data-preparation recipe means, in Polars: read it, check it, carry it out, write it down as code.

recipe = Recipe.from_dict({"steps": [{"kind": "filter", "parameters": {"expression": "price > 10"}}]})
recipe.apply(polars.scan_parquet("cars.parquet")).sink_parquet("clean.parquet")
"""

from __future__ import annotations

from atelier.dataflow.catalogue import STEPS
from atelier.dataflow.errors import DataflowError, ExpressionError, LibraryMissing, RecipeError
from atelier.dataflow.parameters import Parameter, StepKind
from atelier.dataflow.recipe import Problem, Recipe, Step

__all__ = [
    "STEPS",
    "DataflowError",
    "ExpressionError",
    "LibraryMissing",
    "Parameter",
    "Problem",
    "Recipe",
    "RecipeError",
    "Step",
    "StepKind",
]

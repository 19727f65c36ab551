"""A recipe's steps carried out on Polars tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow import expressions, loading, shapes
from atelier.dataflow.drafts import Draft
from atelier.dataflow.errors import DataflowError, RecipeError
from atelier.dataflow.expressions.compiling import POLARS
from atelier.dataflow.steps import combine
from atelier.dataflow.steps.combine import others_of
from atelier.dataflow.terms import Term, carried_out

if TYPE_CHECKING:
    from atelier.dataflow.recipe import Step


def apply(steps: Sequence[Step], frame: Any, others: Mapping[str, Any]) -> Any:
    """The table after the steps that are enabled."""
    loading.polars()
    table, tables = frame.lazy(), {key: other.lazy() for key, other in others.items()}
    for number, step in enumerate(steps, start=1):
        if step.enabled:
            table = after(step, table, tables, number)
    return table


def after(step: Step, table: Any, others: Mapping[str, Any], number: int) -> Any:
    """The table after one step; what goes wrong names the step."""
    missing = [other for other in others_of(step.kind, step.values) if other not in others]
    if missing:
        raise RecipeError(f"“{missing[0]}” was not given.", step=number, parameter="other")
    polars = loading.polars()
    try:
        columns = _columns(table)
        draft = drafted(step, POLARS, columns, number)
        known = {other: _columns(others[other]) for other in others_of(step.kind, step.values)}
        combine.check_alike(step.kind, step.values, columns, known)
        return _run(draft, table, others)
    except RecipeError as error:
        raise RecipeError(error.sentence, step=number, parameter=error.parameter) from error
    except DataflowError as error:
        raise RecipeError(str(error), step=number) from error
    except polars.exceptions.PolarsError as error:
        raise RecipeError(said(error), step=number) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise RecipeError(
            f"{step.described.label} can't be carried out with these parameters ({error}).", step=number
        ) from error


def _columns(table: Any) -> kinds.Columns:
    return kinds.words_of(dict(table.collect_schema()))


def drafted(step: Step, library: str, columns: kinds.Columns | None, number: int) -> Draft:
    """What the step does, as statements; a parameter that can't be used is refused."""
    values = step.filled
    for parameter, error in shapes.wrong(step.described, values, columns):
        raise RecipeError(getattr(error, "sentence", str(error)), step=number, parameter=parameter.name) from error
    draft = Draft(library, columns)
    getattr(step.described, library)(draft, values)
    return draft


def _run(draft: Draft, table: Any, others: Mapping[str, Any]) -> Any:
    names = {**_names(loading.polars()), "others": others, "frame": table}
    for statement in draft.statements:
        names[_variable(statement.target)] = carried_out(statement.term, names)
    names["frame"].collect_schema()  # what can't work shows here, where the step is known
    return names["frame"]


def _variable(target: Term) -> str:
    return str(target._parts[0])


def said(error: Exception) -> str:
    """The first line of what Polars says, as a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    return first if first.endswith(".") else f"{first[:1].upper()}{first[1:]}."


def expression(source: str, columns: Mapping[str, Any] | None = None) -> Any:
    """An expression of the language as a Polars expression."""
    polars = loading.polars()
    words = None if columns is None else kinds.words_of(columns)
    found = carried_out(expressions.to_polars(source, words), _names(polars))
    return found if isinstance(found, polars.Expr) else polars.lit(found)


def _names(polars: Any) -> dict[str, Any]:
    """What the code of steps and expressions calls by name."""
    from atelier.dataflow.exported import polars_functions

    made = {key: value for key, value in vars(polars_functions).items() if callable(value)}
    return {**made, "pl": polars, "str": str}

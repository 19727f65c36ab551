"""Steps found from examples. They hold the expressions that were found; the examples are kept to find them anew."""

from __future__ import annotations

from atelier.dataflow import column_types as kinds
from atelier.dataflow.drafts import Draft
from atelier.dataflow.parameters import Parameter, StepKind, Values
from atelier.dataflow.steps.rows import keep_where

GROUP = "By example"
_EXAMPLES = Parameter(
    "examples", "Examples", "examples", default=[], help="The rows that were shown, and what is wanted."
)


def _derive(draft: Draft, values: Values) -> None:
    draft.assign({values["into"]: draft.expression(values["expression"])})


def _split(draft: Draft, values: Values) -> None:
    made = {into: draft.expression(source) for into, source in zip(values["into"], values["expressions"])}
    column = values["column"]
    first = {into: term for into, term in made.items() if into != column}
    # pandas assigns one after the other: what replaces the column itself comes last.
    draft.assign({**first, **({column: made[column]} if column in made else {})})
    if not values["keep"] and column not in made:
        draft.set(draft.frame.drop(column) if draft.is_polars else draft.frame.drop(columns=[column]))


def _filter(draft: Draft, values: Values) -> None:
    keep_where(draft, values["expression"])


STEPS = (
    StepKind(
        "derive_by_example",
        "Column by example",
        GROUP,
        "A column found from two or three wanted values.",
        (
            Parameter("into", "New column", "text", required=True, gives_column=True),
            Parameter("columns", "From", "columns", default=[], help="The columns it may be made of; all, when empty."),
            _EXAMPLES,
            Parameter("expression", "Found", "expression", required=True),
        ),
        _derive,
        _derive,
        lambda values: f"{values['into']} = {values['expression']}",
    ),
    StepKind(
        "split_by_example",
        "Split by example",
        GROUP,
        "Several columns at once, found from examples of their values.",
        (
            Parameter("column", "Column", "column", required=True, of=(kinds.TEXT,)),
            Parameter("into", "New columns", "texts", required=True, gives_column=True),
            _EXAMPLES,
            Parameter("expressions", "Found", "expressions", required=True, help="One for every new column."),
            Parameter("keep", "Keep the column", "boolean", default=True),
        ),
        _split,
        _split,
        lambda values: f"Split {values['column']} into {', '.join(values['into'])}",
    ),
    StepKind(
        "filter_by_example",
        "Filter by example",
        GROUP,
        "Keeps the rows that are like those marked to keep, and unlike those marked to drop.",
        (_EXAMPLES, Parameter("expression", "Found", "expression", required=True, of=(kinds.BOOLEAN,))),
        _filter,
        _filter,
        lambda values: f"Keep rows where {values['expression']}",
    ),
)

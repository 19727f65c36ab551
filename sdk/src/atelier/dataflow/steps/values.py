"""Steps that fill gaps and replace values."""

from __future__ import annotations

from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow import literals
from atelier.dataflow.drafts import Draft
from atelier.dataflow.errors import RecipeError
from atelier.dataflow.expressions.functions import PD
from atelier.dataflow.parameters import Parameter, StepKind, Values

GROUP = "Values"
_FILLS = (
    ("value", "a value"),
    ("mean", "the mean"),
    ("median", "the median"),
    ("mode", "the most frequent value"),
    ("forward", "the value before"),
    ("backward", "the value after"),
)


def _filled(draft: Draft, column: str, values: Values) -> Any:
    if values["how"] in ("mean", "median") and draft.kind(column) not in (*kinds.NUMERIC, kinds.UNKNOWN):
        said = f"“{column}” is {draft.kind(column)}, which has no {values['how']}."
        raise RecipeError(said, parameter="columns")
    return (_filled_polars if draft.is_polars else _filled_pandas)(draft, column, values)


def _filled_polars(draft: Draft, column: str, values: Values) -> Any:
    term, how = draft.column(column), values["how"]
    if how in ("forward", "backward"):
        return getattr(term, f"{how}_fill")()
    if how == "mode":
        return term.fill_null(term.drop_nulls().mode().sort().first())
    if how == "value":
        return term.fill_null(_value(draft, column, values))
    return term.fill_null(getattr(term, how)())


def _filled_pandas(draft: Draft, column: str, values: Values) -> Any:
    term, how = draft.column(column), values["how"]
    if how in ("forward", "backward"):
        return term.ffill() if how == "forward" else term.bfill()
    if how == "mode":
        return term.fillna(term.mode().iloc[0])
    if how == "value":
        return term.fillna(_value(draft, column, values))
    return term.astype("Float64").fillna(getattr(term, how)())


def _value(draft: Draft, column: str, values: Values) -> Any:
    kind = draft.kind(column)
    if kind in (kinds.DATE, kinds.DATETIME) and isinstance(values["value"], str):
        written = values["value"].replace('"', "")
        called = "date" if kind == kinds.DATE else "datetime"
        return PD.Timestamp(written) if not draft.is_polars else draft.expression(f'{called}("{written}")')
    return literals.fitted(values["value"], column, kind)


def _fill(draft: Draft, values: Values) -> None:
    draft.assign({column: _filled(draft, column, values) for column in values["columns"]})


def _replaced(draft: Draft, column: str, values: Values) -> Any:
    term, kind = draft.column(column), draft.kind(column)
    if values["match"] == "whole":
        known = {
            literals.fitted(pair["from"], column, kind): literals.fitted(pair["to"], column, kind)
            for pair in values["pairs"]
        }
        if draft.is_polars:
            return term.replace(known)
        return term.replace({old: PD.NA if new is None else new for old, new in known.items()})
    for pair in values["pairs"]:
        called = "replace_pattern" if values["match"] == "pattern" else "replace"
        term = draft.call(called, term, str(pair["from"]), str(pair["to"] or ""))
    return term


def _replace(draft: Draft, values: Values) -> None:
    draft.assign({column: _replaced(draft, column, values) for column in values["columns"]})


def _map(draft: Draft, values: Values) -> None:
    column, term = values["column"], draft.column(values["column"])
    known = {literals.fitted(pair["from"], column, draft.kind(column)): pair["to"] for pair in values["pairs"]}
    found = _looked_up(draft, term, known, values)
    draft.assign({values["into"] or values["column"]: found})


def _looked_up(draft: Draft, term: Any, known: dict[Any, Any], values: Values) -> Any:
    rest = {"keep": term, "missing": None, "value": values["default"]}[values["otherwise"]]
    if draft.is_polars:
        return term.replace_strict(known, default=rest)
    found = term.map(known).convert_dtypes()
    if values["otherwise"] == "missing":
        return found
    return found.where(term.isin(list(known)), rest).convert_dtypes()


STEPS = (
    StepKind(
        "fill_missing",
        "Fill gaps",
        GROUP,
        "Puts something where values are missing.",
        (
            Parameter("columns", "Columns", "columns", required=True),
            Parameter("how", "With", "choice", default="value", choices=_FILLS),
            Parameter("value", "Value", "value", required=True, when={"how": ("value",)}),
        ),
        _fill,
        _fill,
        lambda values: f"Fill gaps in {', '.join(values['columns'])} with {_said(values)}",
    ),
    StepKind(
        "replace_values",
        "Replace values",
        GROUP,
        "Replaces whole values, or parts of texts.",
        (
            Parameter("columns", "Columns", "columns", required=True),
            Parameter("pairs", "Replace", "pairs", required=True),
            Parameter(
                "match",
                "Compare",
                "choice",
                default="whole",
                choices=(("whole", "whole values"), ("part", "parts of texts"), ("pattern", "regular expressions")),
            ),
        ),
        _replace,
        _replace,
        lambda values: f"Replace {len(values['pairs'])} values in {', '.join(values['columns'])}",
    ),
    StepKind(
        "map_values",
        "Look up values",
        GROUP,
        "Puts what a table says beside each value.",
        (
            Parameter("column", "Column", "column", required=True),
            Parameter("pairs", "Table", "pairs", required=True),
            Parameter("into", "Into", "text", default="", gives_column=True, help="The column itself, when empty."),
            Parameter(
                "otherwise",
                "Values not in the table",
                "choice",
                default="keep",
                choices=(("keep", "stay"), ("missing", "become missing"), ("value", "become another value")),
            ),
            Parameter("default", "Other value", "value", when={"otherwise": ("value",)}),
        ),
        _map,
        _map,
        lambda values: f"Look up {values['column']} in a table of {len(values['pairs'])}",
    ),
)


def _said(values: Values) -> str:
    return repr(values["value"]) if values["how"] == "value" else dict(_FILLS)[values["how"]]

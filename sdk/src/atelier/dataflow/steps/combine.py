"""Steps that bring in other data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow.drafts import Draft
from atelier.dataflow.errors import RecipeError
from atelier.dataflow.expressions.functions import PD, PL
from atelier.dataflow.parameters import Parameter, StepKind, Values
from atelier.dataflow.terms import name

GROUP = "Tables"
OTHERS = name("others")
_HOW = (
    ("left", "all rows here, with what fits from there"),
    ("inner", "the rows that have a partner"),
    ("full", "all rows of both"),
    ("semi", "the rows here that have a partner"),
    ("anti", "the rows here that have none"),
)


def others_of(kind: str, values: Values) -> list[str]:
    """The data a step needs beside its own."""
    if kind == "join":
        return [str(values.get("other") or "")]
    others = values.get("others") if kind == "union" else []
    return [str(other) for other in others] if isinstance(others, list) else []


def check_alike(kind: str, values: Values, columns: kinds.Columns, others: Mapping[str, kinds.Columns]) -> None:
    """Refuses to put values below others of another type: they would silently become text."""
    for other in others_of(kind, values) if kind == "union" else ():
        for column, there in others[other].items():
            here = columns.get(column, there)
            alike = here == there or kinds.UNKNOWN in (here, there)
            if not alike and not ({here, there} <= set(kinds.NUMERIC) or {here, there} <= {kinds.DATE, kinds.DATETIME}):
                said = f"“{column}” is {here} here and {there} in {other}: change one of the types first."
                raise RecipeError(said, parameter="others")


def _other(values: Values) -> Any:
    other = OTHERS[values["other"]]
    if not values["columns"] or values["how"] in ("semi", "anti"):
        return other
    keys = [key["right"] for key in values["on"]]
    return other, list(dict.fromkeys([*keys, *values["columns"]]))


def _join_polars(draft: Draft, values: Values) -> None:
    found = _other(values)
    other = found[0].select(found[1]) if isinstance(found, tuple) else found
    left, right = [key["left"] for key in values["on"]], [key["right"] for key in values["on"]]
    extra = {} if values["how"] in ("semi", "anti") else {"suffix": values["suffix"], "coalesce": True}
    order = "left_right" if values["how"] in ("left", "full") else "left"
    joined = draft.frame.join(other, left_on=left, right_on=right, how=values["how"], **extra, maintain_order=order)
    draft.set(joined)


def _join_pandas(draft: Draft, values: Values) -> None:
    found = _other(values)
    other = found[0][found[1]] if isinstance(found, tuple) else found
    left, right = [key["left"] for key in values["on"]], [key["right"] for key in values["on"]]
    draft.set(name("joined")(draft.frame, name("nullable")(other), left, right, values["how"], values["suffix"]))


def _union_polars(draft: Draft, values: Values) -> None:
    tables = [draft.frame, *(OTHERS[other] for other in values["others"])]
    draft.set(PL.concat(tables, how="diagonal_relaxed"))


def _union_pandas(draft: Draft, values: Values) -> None:
    tables = [draft.frame, *(name("nullable")(OTHERS[other]) for other in values["others"])]
    draft.set(PD.concat(tables, ignore_index=True))


STEPS = (
    StepKind(
        "join",
        "Join",
        GROUP,
        "Puts the columns of other data beside the rows that fit.",
        (
            Parameter("other", "With", "asset", required=True),
            Parameter("on", "Where", "keys", required=True, help="Which columns have to be equal."),
            Parameter("how", "Keep", "choice", default="left", choices=_HOW),
            Parameter(
                "columns",
                "Columns from there",
                "texts",
                default=[],
                help="All of them, when empty.",
                when={"how": ("left", "inner", "full")},
            ),
            Parameter("suffix", "Names twice get", "text", default="_right", when={"how": ("left", "inner", "full")}),
        ),
        _join_polars,
        _join_pandas,
        lambda values: f"Join {values['other']}",
    ),
    StepKind(
        "union",
        "Append rows",
        GROUP,
        "Puts the rows of other data below, column by column name.",
        (Parameter("others", "Data", "assets", required=True),),
        _union_polars,
        _union_pandas,
        lambda values: f"Append {', '.join(values['others'])}",
    ),
)

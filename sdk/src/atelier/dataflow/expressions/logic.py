"""The functions that choose, compare and calculate; operators are functions called by their sign."""

from __future__ import annotations

from typing import Any

from atelier.dataflow.expressions.functions import LOGIC, PL, Function
from atelier.dataflow.terms import Term, name


def _if_polars(condition: Any, yes: Any, no: Any) -> Term:
    return PL.when(condition).then(yes).otherwise(no)


def _coalesce_pandas(*values: Any) -> Term:
    found = values[0]
    for value in values[1:]:
        found = found.fillna(value)
    return found


def pairs_of(pairs: tuple[Any, ...]) -> tuple[dict[Any, Any], Any]:
    """`from, to, from, to, …, otherwise` as a table and what stands for the rest."""
    rest = pairs[-1] if len(pairs) % 2 else None
    even = pairs[: len(pairs) - len(pairs) % 2]
    return dict(zip(even[::2], even[1::2])), rest


def _lookup_polars(value: Any, *pairs: Any) -> Term:
    known, rest = pairs_of(pairs)
    return value.replace_strict(known, default=rest)


def _lookup_pandas(value: Any, *pairs: Any) -> Term:
    known, rest = pairs_of(pairs)
    found = value.map(known).convert_dtypes()
    return found if rest is None else found.fillna(rest)


FUNCTIONS = (
    Function(
        "if", "if(condition, yes, no)", "One value where the condition holds, the other one elsewhere.", LOGIC,
        ("boolean", "any", "any"), "chosen", _if_polars, lambda condition, yes, no: name("choose")(condition, yes, no),
    ),
    Function(
        "is_missing", "is_missing(value)", "Whether there is no value; the same as `value is missing`.", LOGIC, ("any",),
        "boolean", lambda value: value.is_null(), lambda value: value.isna(),
    ),
    Function(
        "coalesce", "coalesce(a, b, …)", "The first value that is not missing.", LOGIC, ("any", "any*"), "widest",
        lambda *values: PL.coalesce([*values]), _coalesce_pandas,
    ),
    Function(
        "in", "value in (a, b, …)", "Whether the value is one of these.", LOGIC, ("any", "=any*"), "boolean",
        lambda value, *items: value.is_in([*items]), lambda value, *items: name("is_one_of")(value, [*items]),
    ),
    Function(
        "lookup", "lookup(value, from, to, …, otherwise)", "The `to` beside the `from` that the value equals; `otherwise`, or "
        "missing, where there is none.", LOGIC, ("any", "=any", "=any", "=any*"), "looked up",
        _lookup_polars, _lookup_pandas,
    ),
    Function("negative", "-a", "", "", ("number",), "same", lambda value: -value, lambda value: -value),
    Function("not", "not a", "", "", ("boolean",), "boolean", lambda value: ~value, lambda value: ~value),
)  # fmt: skip

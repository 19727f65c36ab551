"""The functions that work on numbers."""

from __future__ import annotations

from typing import Any

from atelier.dataflow.expressions.functions import NUMBERS, PD, PL, Function
from atelier.dataflow.terms import Term, name


def _number_polars(kind: str, value: Any, mark: str = ".") -> Term:
    if kind in ("integer", "number"):
        return value.cast(PL.Float64)
    return name("number_in")(value, *([mark] if mark != "." else []))


def _number_pandas(kind: str, value: Any, mark: str = ".") -> Term:
    if kind in ("integer", "number"):
        return value.astype("Float64")
    return name("number_in")(value, *([mark] if mark != "." else []))


def _integer_polars(kind: str, value: Any) -> Term:
    return _number_polars(kind, value).cast(PL.Int64, strict=False)


def _integer_pandas(kind: str, value: Any) -> Term:
    return name("whole")(_number_pandas(kind, value))


def _format(value: Any, decimals: int, thousands: str = "", point: str = ".") -> Term:
    rest = [thousands] if thousands or point != "." else []
    return name("format_number")(value, decimals, *rest, *([point] if point != "." else []))


def _numpy(function: str) -> Any:
    return lambda value: getattr(name("np"), function)(value)


FUNCTIONS = (
    Function(
        "number", "number(text, mark)", "The first number in the text: `number(\"1,234.50 kg\")` is 1234.5. With the mark "
        "\",\" the comma is the decimal one.", NUMBERS, ("any", "=text?"), "number", _number_polars, _number_pandas,
        minds_kind=True,
    ),
    Function(
        "integer", "integer(value)", "The number without its decimals; from text, the first number in it.", NUMBERS,
        ("any",), "integer",
        _integer_polars, _integer_pandas, minds_kind=True,
    ),
    Function(
        "round", "round(number, n)", "Rounded to n decimals (0, without n).", NUMBERS, ("number", "=integer?"), "same",
        lambda value, decimals=0: value.round(decimals), lambda value, decimals=0: value.round(decimals),
    ),
    Function(
        "floor", "floor(number)", "The next whole number below.", NUMBERS, ("number",), "integer",
        lambda value: value.floor().cast(PL.Int64, strict=False), lambda value: name("whole")(name("np").floor(value)),
    ),
    Function(
        "ceil", "ceil(number)", "The next whole number above.", NUMBERS, ("number",), "integer",
        lambda value: value.ceil().cast(PL.Int64, strict=False), lambda value: name("whole")(name("np").ceil(value)),
    ),
    Function(
        "abs", "abs(number)", "Without its sign.", NUMBERS, ("number",), "same",
        lambda value: value.abs(), lambda value: value.abs(),
    ),
    Function(
        "sqrt", "sqrt(number)", "The square root.", NUMBERS, ("number",), "number", lambda value: value.sqrt(), _numpy("sqrt"),
    ),
    Function(
        "exp", "exp(number)", "e to the power of it.", NUMBERS, ("number",), "number", lambda value: value.exp(), _numpy("exp"),
    ),
    Function(
        "log", "log(number)", "The natural logarithm.", NUMBERS, ("number",), "number", lambda value: value.log(), _numpy("log"),
    ),
    Function(
        "log10", "log10(number)", "The logarithm to base 10.", NUMBERS, ("number",), "number",
        lambda value: value.log10(), _numpy("log10"),
    ),
    Function(
        "min", "min(a, b, …)", "The smallest of the values in a row; missing ones are left out.", NUMBERS,
        ("number", "number*"), "widest",
        lambda *values: PL.min_horizontal([*values]), lambda *values: PD.concat([*values], axis=1).min(axis=1),
    ),
    Function(
        "max", "max(a, b, …)", "The largest of the values in a row; missing ones are left out.", NUMBERS,
        ("number", "number*"), "widest",
        lambda *values: PL.max_horizontal([*values]), lambda *values: PD.concat([*values], axis=1).max(axis=1),
    ),
    Function(
        "format_number", "format_number(number, n, thousands, point)", "As text with n decimals: "
        "`format_number(1234.5, 2, \",\")` is 1,234.50.", NUMBERS, ("number", "=integer", "=text?", "=text?"), "text",
        _format, _format,
    ),
)  # fmt: skip

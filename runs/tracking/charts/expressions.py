"""Expressions of metrics: `val/loss - train/loss`, `ewm(train/loss, 0.9)`. Parsed by a grammar, never evaluated as code.

A `/` without spaces belongs to a name, as metrics are named; one with a space around it divides. Odd names stand in
backticks or double quotes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from lark import Lark, Token, Transformer, Tree
from lark.exceptions import UnexpectedInput, VisitError

from runs.tracking.charts import alignment
from runs.tracking.metrics import curves
from runs.tracking.metrics.codec import Floats
from runs.tracking.metrics.curves import Curve
from studio.errors import Invalid

MOST_LETTERS = 500
MOST_METRICS = 10
MOST_DEPTH = 40
_GRAMMAR = r"""
start: sum
?sum: product | sum "+" product -> add | sum "-" product -> subtract
?product: unary | product "*" unary -> multiply | product DIVIDE unary -> divide
?unary: power | "-" unary -> negative | "+" unary
?power: atom | atom ("**" | "^") unary -> power
?atom: NUMBER -> number | call | NAME -> metric | QUOTED -> quoted | "(" sum ")"
call: FUNCTION "(" sum ("," sum)* ")"
FUNCTION.3: /[a-z][a-z0-9_]*(?=\s*\()/
NAME.2: /[A-Za-z_][\w.@:#%]*(\/[\w.@:#%]+)*/
QUOTED: /`[^`]+`|"[^"]+"/
NUMBER: /(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/
DIVIDE: "/"
%ignore /\s+/
"""
_parser = Lark(_GRAMMAR, parser="lalr", propagate_positions=True)


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression and the metrics it needs, in order of their first mention."""

    text: str
    names: tuple[str, ...]
    tree: Tree[Any]


@lru_cache(maxsize=256)
def parse(text: str) -> Expression:
    """The expression of a text. Raises Invalid saying where it stops making sense."""
    if len(text) > MOST_LETTERS:
        raise _invalid(f"An expression has at most {MOST_LETTERS} characters.")
    try:
        tree = _parser.parse(text)
    except UnexpectedInput as error:
        at = (error.pos_in_stream if error.pos_in_stream is not None else len(text)) + 1
        raise _invalid(f"The expression makes no sense at character {min(max(at, 1), len(text) + 1)}.") from None
    except RecursionError:
        raise _invalid("The expression is nested too deeply.") from None
    names = tuple(dict.fromkeys(_names(tree)))
    if not names:
        raise _invalid("An expression names at least one metric.")
    if len(names) > MOST_METRICS:
        raise _invalid(f"An expression names at most {MOST_METRICS} metrics.")
    if _depth(tree) > MOST_DEPTH:
        raise _invalid("The expression is nested too deeply.")
    _check_calls(tree)
    return Expression(text, names, tree)


def evaluate(expression: Expression, metrics: Mapping[str, Curve]) -> Curve:
    """The expression over a run's metrics, at the steps where the least often logged of them has points.

    The others count with their latest value up to that step. Nothing where one of the metrics is missing.
    """
    known = [metrics[name] for name in expression.names if name in metrics and len(metrics[name])]
    if len(known) < len(expression.names):
        return curves.nothing()
    rarest = min(known, key=len)
    at = rarest.step.astype(np.float64)
    values = {
        name: alignment.held(at, metrics[name].step.astype(np.float64), metrics[name].value)
        for name in expression.names
    }
    with np.errstate(all="ignore"):
        try:
            found = _Evaluate(values).transform(expression.tree)
        except VisitError as error:
            raise _invalid(str(error.orig_exc)) from None
    result = np.broadcast_to(np.asarray(found, np.float64), at.shape).copy()
    is_known = np.logical_and.reduce([~np.isnan(value) | _is_own_nan(value, at) for value in values.values()])
    return Curve(rarest.step, rarest.time_ms, result).where(is_known)


def _is_own_nan(value: Floats, at: Floats) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Where a metric is not a number by itself: after its first known value. Before, there is nothing to show."""
    first = np.argmax(~np.isnan(value)) if (~np.isnan(value)).any() else len(value)
    return np.arange(len(at)) >= first


class _Evaluate(Transformer[Any, Any]):
    """Computes bottom up; every node is an array over the places, or a number."""

    def __init__(self, values: Mapping[str, Floats]) -> None:
        super().__init__()
        self._values = values

    def start(self, parts: list[Any]) -> Any:
        return parts[0]

    def number(self, parts: list[Token]) -> float:
        return float(parts[0])

    def metric(self, parts: list[Token]) -> Floats:
        return self._values[str(parts[0])]

    def quoted(self, parts: list[Token]) -> Floats:
        return self._values[str(parts[0])[1:-1]]

    def add(self, parts: list[Any]) -> Any:
        return np.add(parts[0], parts[1])

    def subtract(self, parts: list[Any]) -> Any:
        return np.subtract(parts[0], parts[1])

    def multiply(self, parts: list[Any]) -> Any:
        return np.multiply(parts[0], parts[1])

    def divide(self, parts: list[Any]) -> Any:
        return np.divide(parts[0], parts[2])

    def power(self, parts: list[Any]) -> Any:
        return np.power(np.asarray(parts[0], np.float64), parts[1])

    def negative(self, parts: list[Any]) -> Any:
        return np.negative(parts[0])

    def call(self, parts: list[Any]) -> Any:
        _, _, function = FUNCTIONS[str(parts[0])]
        return function(*parts[1:])


def _ewm(values: Floats, weight: Any) -> Floats:
    """The exponential average, debiased; the weight of the past is from 0 up to, but without, 1."""
    past = float(np.ravel(weight)[0])
    if not 0 <= past < 1:
        raise ValueError("The weight of ewm is a number from 0 up to, but without, 1.")
    found = np.full(np.shape(np.atleast_1d(values)), np.nan)
    total = mass = 0.0
    for index, value in enumerate(np.atleast_1d(values).tolist()):
        if np.isfinite(value):
            total, mass = total * past + value, mass * past + 1
            found[index] = total / mass
        else:
            found[index] = value
    return found


def _pointwise(function: Any) -> Callable[..., Any]:
    return lambda first, *others: _folded(function, first, others)


def _folded(function: Any, first: Any, others: tuple[Any, ...]) -> Any:
    for other in others:
        first = function(first, other)
    return first


def _difference(values: Any) -> Floats:
    row = np.atleast_1d(np.asarray(values, np.float64))
    return np.diff(row, prepend=row[:1] * np.nan)


def _over(function: Any) -> Callable[[Any], Floats]:
    return lambda values: function(np.atleast_1d(np.asarray(values, np.float64)))


# name → fewest and most arguments, function
FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "log": (1, 1, np.log),
    "log2": (1, 1, np.log2),
    "log10": (1, 1, np.log10),
    "exp": (1, 1, np.exp),
    "abs": (1, 1, np.abs),
    "sqrt": (1, 1, np.sqrt),
    "sign": (1, 1, np.sign),
    "min": (2, 8, _pointwise(np.fmin)),
    "max": (2, 8, _pointwise(np.fmax)),
    "ewm": (2, 2, _ewm),
    "diff": (1, 1, _difference),
    "cumsum": (1, 1, _over(np.nancumsum)),
    "cummin": (1, 1, _over(np.fmin.accumulate)),
    "cummax": (1, 1, _over(np.fmax.accumulate)),
}


def _names(tree: Tree[Any]) -> list[str]:
    found = []
    for node in tree.iter_subtrees_topdown():
        if node.data == "metric":
            found.append(str(node.children[0]))
        if node.data == "quoted":
            found.append(str(node.children[0])[1:-1])
    return found


def _check_calls(tree: Tree[Any]) -> None:
    for node in tree.find_data("call"):
        name, given = str(node.children[0]), len(node.children) - 1
        if name not in FUNCTIONS:
            raise _invalid(f"There is no function {name!r}. There are {', '.join(FUNCTIONS)}.")
        fewest, most, _ = FUNCTIONS[name]
        if not fewest <= given <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise _invalid(f"{name} takes {wanted} values, not {given}.")


def _depth(node: Any) -> int:
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for one in level if isinstance(one, Tree) for child in one.children]
    return deepest


def _invalid(sentence: str) -> Invalid:
    return Invalid("bad_expression", sentence, hint="Example: val/loss - train/loss", fields={"expression": sentence})


def naming(metric: str) -> Expression:
    """The expression that is a metric alone, whatever characters its name has."""
    return Expression(metric, (metric,), Tree("start", [Tree("quoted", [Token("QUOTED", f"`{metric}`")])]))

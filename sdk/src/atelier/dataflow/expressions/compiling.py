"""An expression made into Polars or pandas, with the kinds of its values checked on the way."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow.errors import ExpressionError
from atelier.dataflow.expressions import constants, functions
from atelier.dataflow.expressions.functions import PD, PL, Function
from atelier.dataflow.expressions.tree import Call, Column, Literal, Node
from atelier.dataflow.terms import Term, name

FRAME = name("frame")
POLARS, PANDAS = "polars", "pandas"
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_SIGNS = {"=": "==", "^": "**"}
_MOMENTS = (kinds.DATE, kinds.DATETIME)
_WANTED = {
    "text": ((kinds.TEXT,), "text", "text(…)"),
    "number": (kinds.NUMERIC, "a number", "number(…)"),
    "boolean": ((kinds.BOOLEAN,), "a condition", "a comparison"),
    "moment": (_MOMENTS, "a date", "date(…)"),
}


@dataclass(frozen=True)
class Compiled:
    """A piece of code and the kind of value it gives."""

    term: Any
    kind: str


class Compiler:
    """Makes trees into code of one library, for columns of these kinds; `None` when nobody knows the columns."""

    def __init__(self, library: str, columns: kinds.Columns | None) -> None:
        self.library = library
        self.columns = columns
        self._functions = functions.table()

    def whole(self, node: Node) -> Compiled:
        """The code of an expression that stands by itself, as a column's new value."""
        return Compiled(self._lit(node), _kind_of(node.value)) if isinstance(node, Literal) else self.made(node)

    def made(self, node: Node) -> Compiled:
        """The code of one part of an expression."""
        if isinstance(node, Literal):
            return Compiled(self._lit(node), _kind_of(node.value))
        if isinstance(node, Column):
            return self._column(node)
        operator = _OPERATORS.get(node.name)
        return operator(self, node) if operator else self._called(node)

    def _lit(self, node: Literal) -> Any:
        if self.library == POLARS:
            return PL.lit(node.value)
        return PD.NA if node.value is None else node.value

    def _column(self, node: Column) -> Compiled:
        if self.columns is not None and node.name not in self.columns:
            raise ExpressionError(_no_column(node.name, self.columns), start=node.start, end=node.end)
        if kinds.is_pattern(node.name):
            said = f"“{node.name}” would stand for several columns: rename it first."
            raise ExpressionError(said, start=node.start, end=node.end)
        kind = kinds.UNKNOWN if self.columns is None else self.columns[node.name]
        return Compiled(PL.col(node.name) if self.library == POLARS else FRAME[node.name], kind)

    def _called(self, node: Call) -> Compiled:
        function = self._functions.get(node.name)
        if function is None:
            raise ExpressionError(_no_function(node.name, self._functions), start=node.start, end=node.end)
        _check_count(function, node)
        arguments: list[Any] = []
        given: list[str] = []
        for position, argument in enumerate(node.arguments):
            made = self._argument(function, function.word_at(position).rstrip("?*"), argument, position)
            arguments.append(made.term)
            given.append(made.kind)
        build = function.polars if self.library == POLARS else function.pandas
        return Compiled(build(*([given[0]] if function.minds_kind else []), *arguments), _given(function, given))

    def _argument(self, function: Function, wanted: str, node: Node, position: int) -> Compiled:
        if wanted.startswith("="):
            return Compiled(constants.constant(function, wanted[1:], node), _kind_of(getattr(node, "value", None)))
        made = self.made(node)
        _check_kind(function.name, wanted, made.kind, node)
        if self.library == PANDAS and function.name == "concat":
            return Compiled(_as_text(made, node), kinds.TEXT)
        if self.library == PANDAS and isinstance(node, Literal) and self._has_methods_asked(function, position):
            return Compiled(name("constant")(FRAME, made.term), made.kind)
        return made

    def _has_methods_asked(self, function: Function, position: int) -> bool:
        """In pandas a plain value has no methods: where some are called, it becomes a column."""
        return position == 0 or function.name in ("min", "max", "date_difference")

    def _logical(self, node: Call) -> Compiled:
        sides = [self.made(argument) for argument in node.arguments]
        for side, argument in zip(sides, node.arguments):
            _check_kind(node.name, "boolean", side.kind, argument)
        sign = "&" if node.name == "and" else "|"
        return Compiled(Term("operator", sign, sides[0].term, sides[1].term), kinds.BOOLEAN)

    def _compared(self, node: Call) -> Compiled:
        left, right = (self.made(argument) for argument in node.arguments)
        first, last = self._as_moments(node, left, right)
        if not _comparable(left.kind, right.kind, node.arguments):
            raise ExpressionError(
                f"{_said(left.kind)} can't be compared with {_said(right.kind)}.", start=node.start, end=node.end
            )
        term = Term("operator", _SIGNS.get(node.name, node.name), first, last)
        if self.library == PANDAS and {left.kind, right.kind} & set(_MOMENTS):
            # pandas compares a missing date as if it were one.
            columns = [
                side.term for side, given in zip((left, right), node.arguments) if not isinstance(given, Literal)
            ]
            term = name("known")(term, *columns)
        return Compiled(term, kinds.BOOLEAN)

    def _as_moments(self, node: Call, left: Compiled, right: Compiled) -> list[Any]:
        """Both sides, with a text beside a date read as a date and plain values left as they are written."""
        sides, terms = (left, right), []
        for position, argument in enumerate(node.arguments):
            other = sides[1 - position]
            if isinstance(argument, Literal) and isinstance(argument.value, str) and other.kind in _MOMENTS:
                terms.append(constants.moment(argument, self.library))
            else:
                terms.append(self._plain(argument, sides[position], node.arguments[1 - position]))
        return terms

    def _plain(self, node: Node, made: Compiled, other: Node) -> Any:
        """A number or a text beside a column is written as it is, not wrapped."""
        bare = isinstance(node, Literal) and node.value is not None and not isinstance(other, Literal)
        return node.value if bare and isinstance(node, Literal) else made.term

    def _calculated(self, node: Call) -> Compiled:
        left, right = (self.made(argument) for argument in node.arguments)
        for side, argument in zip((left, right), node.arguments):
            _check_number(node.name, side.kind, argument)
        first = self._plain(node.arguments[0], left, node.arguments[1])
        last = self._plain(node.arguments[1], right, node.arguments[0])
        whole = (left.kind, right.kind) == (kinds.INTEGER, kinds.INTEGER) and node.name in "+-*%"
        term = Term("operator", _SIGNS.get(node.name, node.name), first, last)
        return Compiled(term, kinds.INTEGER if whole else kinds.NUMBER)

    def _joined(self, node: Call) -> Compiled:
        pieces = list(_pieces(node))
        return self._called(Call("concat", tuple(pieces), node.start, node.end))


_OPERATORS: dict[str, Callable[[Compiler, Call], Compiled]] = {
    "and": Compiler._logical,
    "or": Compiler._logical,
    **dict.fromkeys(_COMPARISONS, Compiler._compared),
    **dict.fromkeys(("+", "-", "*", "/", "%", "^"), Compiler._calculated),
    "&": Compiler._joined,
}


def _pieces(node: Node) -> Iterable[Node]:
    """`a & b & c` as one joining of three."""
    if isinstance(node, Call) and node.name == "&":
        for argument in node.arguments:
            yield from _pieces(argument)
    else:
        yield node


def _as_text(made: Compiled, node: Node) -> Any:
    if isinstance(node, Literal):
        return constants.as_text(node.value)
    return made.term if made.kind == kinds.TEXT else name("text_of")(made.term)


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return kinds.BOOLEAN
    return {str: kinds.TEXT, int: kinds.INTEGER, float: kinds.NUMBER}.get(type(value), kinds.UNKNOWN)


def _given(function: Function, given: list[str]) -> str:
    if function.gives == "same":
        return given[0]
    if function.gives == "widest":
        return _widest(given)
    if function.gives == "chosen":
        return _widest(given[1:])
    if function.gives == "looked up":
        pairs = given[1:]
        return _widest([*pairs[1::2], *(pairs[-1:] if len(pairs) % 2 else [])])
    return function.gives


def _widest(given: list[str]) -> str:
    known = {kind for kind in given if kind != kinds.UNKNOWN}
    if len(known) == 1:
        return known.pop()
    if known and known <= set(kinds.NUMERIC):
        return kinds.NUMBER
    return kinds.DATETIME if known and known <= set(_MOMENTS) else kinds.UNKNOWN


def _check_count(function: Function, node: Call) -> None:
    count = len(node.arguments)
    if function.fewest <= count and (function.most is None or count <= function.most):
        return
    few = function.fewest if function.most is None or count < function.fewest else function.most
    raise ExpressionError(
        f"{function.usage} takes {few} {'value' if few == 1 else 'values'}, and {count} were given."
        if function.fewest == function.most
        else f"{function.usage} takes at {'least' if count < function.fewest else 'most'} {few} values, not {count}.",
        start=node.start,
        end=node.end,
    )


def _check_kind(called: str, wanted: str, kind: str, node: Node) -> None:
    if wanted not in _WANTED or kind == kinds.UNKNOWN:
        return
    allowed, said, way = _WANTED[wanted]
    if kind not in allowed:
        raise ExpressionError(
            f"“{called}” takes {said}, and this is {_said(kind)}: write {way} around it or choose another column.",
            start=node.start,
            end=node.end,
        )


def _check_number(sign: str, kind: str, node: Node) -> None:
    if kind in (*kinds.NUMERIC, kinds.UNKNOWN):
        return
    way = {kinds.TEXT: "join texts with &, or write number(…) around it", kinds.DATE: "use add_days or date_difference"}
    way[kinds.DATETIME] = way[kinds.DATE]
    raise ExpressionError(
        f"“{sign}” calculates with numbers, and this is {_said(kind)}: {way.get(kind, 'write number(…) around it')}.",
        start=node.start,
        end=node.end,
    )


def _comparable(left: str, right: str, nodes: tuple[Node, ...]) -> bool:
    if kinds.UNKNOWN in (left, right) or left == right:
        return True
    if {left, right} <= set(kinds.NUMERIC) or {left, right} <= set(_MOMENTS):
        return True
    return any(
        kind == kinds.TEXT and isinstance(node, Literal) and other in _MOMENTS
        for kind, node, other in ((left, nodes[0], right), (right, nodes[1], left))
    )


def _said(kind: str) -> str:
    words = {kinds.TEXT: "text", kinds.INTEGER: "a number", kinds.NUMBER: "a number", kinds.BOOLEAN: "true or false"}
    words.update({kinds.DATE: "a date", kinds.DATETIME: "a date with time", kinds.LIST: "a list"})
    return words.get(kind, f"of the type {kind}")


def _no_column(column: str, columns: kinds.Columns) -> str:
    near = difflib.get_close_matches(column, list(columns), 1)
    return f"There is no column “{column}”." + (f" Did you mean “{near[0]}”?" if near else "")


def _no_function(called: str, known: dict[str, Function]) -> str:
    near = difflib.get_close_matches(called, list(known), 1)
    return f"There is no function “{called}”." + (f" Did you mean {known[near[0]].usage}?" if near else "")

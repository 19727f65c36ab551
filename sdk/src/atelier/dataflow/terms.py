"""A piece of Python as a value: it can be written down as code, and carried out on real objects.

Each step describes once what it does. What a recipe does and the code it is exported as come from the same
description, so they can't drift apart; nothing is ever given to `eval`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

WIDTH = 110

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "&": operator.and_,
    "|": operator.or_,
}
# As Python binds them: an operand that binds looser than its operator goes in brackets.
_BINDING = {"==": 1, "!=": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "|": 2, "&": 3, "+": 4, "-": 4, "*": 5, "/": 5}
_BINDING.update({"//": 5, "%": 5, "~": 6, "neg": 6, "**": 7})
_ATOM = 9


class Term:
    """One piece of Python. Attributes, calls, indexing and operators make larger pieces of it."""

    __slots__ = ("_kind", "_parts")

    def __init__(self, kind: str, *parts: Any) -> None:
        self._kind = kind
        self._parts = parts

    def __getattr__(self, name: str) -> Term:
        if name.startswith("_"):
            raise AttributeError(name)
        return Term("attribute", self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Term:
        return Term("call", self, args, kwargs)

    def __getitem__(self, key: Any) -> Term:
        return Term("item", self, key)

    def __iter__(self) -> Iterator[Term]:
        raise TypeError("A piece of code has no items until it is carried out.")

    def __bool__(self) -> bool:
        raise TypeError("A piece of code is neither true nor false until it is carried out.")

    def __add__(self, other: Any) -> Term:
        return Term("operator", "+", self, other)

    def __radd__(self, other: Any) -> Term:
        return Term("operator", "+", other, self)

    def __sub__(self, other: Any) -> Term:
        return Term("operator", "-", self, other)

    def __rsub__(self, other: Any) -> Term:
        return Term("operator", "-", other, self)

    def __mul__(self, other: Any) -> Term:
        return Term("operator", "*", self, other)

    def __rmul__(self, other: Any) -> Term:
        return Term("operator", "*", other, self)

    def __truediv__(self, other: Any) -> Term:
        return Term("operator", "/", self, other)

    def __floordiv__(self, other: Any) -> Term:
        return Term("operator", "//", self, other)

    def __mod__(self, other: Any) -> Term:
        return Term("operator", "%", self, other)

    def __pow__(self, other: Any) -> Term:
        return Term("operator", "**", self, other)

    def __eq__(self, other: object) -> Term:  # type: ignore[override]
        return Term("operator", "==", self, other)

    def __ne__(self, other: object) -> Term:  # type: ignore[override]
        return Term("operator", "!=", self, other)

    def __lt__(self, other: Any) -> Term:
        return Term("operator", "<", self, other)

    def __le__(self, other: Any) -> Term:
        return Term("operator", "<=", self, other)

    def __gt__(self, other: Any) -> Term:
        return Term("operator", ">", self, other)

    def __ge__(self, other: Any) -> Term:
        return Term("operator", ">=", self, other)

    def __and__(self, other: Any) -> Term:
        return Term("operator", "&", self, other)

    def __or__(self, other: Any) -> Term:
        return Term("operator", "|", self, other)

    def __invert__(self) -> Term:
        return Term("unary", "~", self)

    def __neg__(self) -> Term:
        return Term("unary", "neg", self)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Term({written(self)})"


def name(text: str) -> Term:
    """Something that is there under a name when the code runs: a module, a variable, a function."""
    return Term("name", text)


def each(variable: str, items: Any, body: Any) -> Term:
    """`[body for variable in items]`."""
    return Term("each", variable, items, body)


def span(start: int | None, stop: int | None) -> Term:
    """`start:stop`, for use between square brackets."""
    return Term("span", start, stop)


def function(variable: str, body: Any) -> Term:
    """`lambda variable: body`."""
    return Term("function", variable, body)


def carried_out(piece: Any, names: Mapping[str, Any]) -> Any:
    """What the piece is when its names stand for these objects."""
    if isinstance(piece, Term):
        return _CARRY_OUT[piece._kind](names, *piece._parts)
    if isinstance(piece, list):
        return [carried_out(item, names) for item in piece]
    if isinstance(piece, tuple):
        return tuple(carried_out(item, names) for item in piece)
    if isinstance(piece, dict):
        return {carried_out(key, names): carried_out(value, names) for key, value in piece.items()}
    return piece


def _call(names: Mapping[str, Any], called: Term, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    positional = [carried_out(argument, names) for argument in args]
    keywords = {key: carried_out(value, names) for key, value in kwargs.items()}
    return carried_out(called, names)(*positional, **keywords)


def _operate(names: Mapping[str, Any], sign: str, left: Any, right: Any) -> Any:
    return _OPERATORS[sign](carried_out(left, names), carried_out(right, names))


def _unary(names: Mapping[str, Any], sign: str, operand: Any) -> Any:
    value = carried_out(operand, names)
    return ~value if sign == "~" else -value


def _each(names: Mapping[str, Any], variable: str, items: Any, body: Any) -> list[Any]:
    return [carried_out(body, {**names, variable: item}) for item in carried_out(items, names)]


_CARRY_OUT: dict[str, Callable[..., Any]] = {
    "name": lambda names, text: names[text],
    "attribute": lambda names, owner, attribute: getattr(carried_out(owner, names), attribute),
    "item": lambda names, owner, key: carried_out(owner, names)[carried_out(key, names)],
    "call": _call,
    "operator": _operate,
    "unary": _unary,
    "each": _each,
    "span": lambda names, start, stop: slice(start, stop),
    "function": lambda names, variable, body: lambda value: carried_out(body, {**names, variable: value}),
}


def written(piece: Any, indent: int = 0, behind: int = 0) -> str:
    """The piece as Python, `behind` so many characters; a call too long for one line is broken after its brackets."""
    flat = _flat(piece)
    if len(flat) + indent + behind <= WIDTH:
        return flat
    if isinstance(piece, list) and piece:
        return _broken("[", [written(item, indent + 4) for item in piece], "]", indent)
    if isinstance(piece, Term) and piece._kind == "call":
        called, args, kwargs = piece._parts
        inner = [written(argument, indent + 4) for argument in args]
        inner += [f"{key}={written(value, indent + 4)}" for key, value in kwargs.items()]
        return _broken(f"{_bracketed(called, _ATOM)}(", inner, ")", indent) if inner else flat
    return flat


def _broken(opening: str, parts: list[str], closing: str, indent: int) -> str:
    inner = "".join(f"{' ' * (indent + 4)}{part},\n" for part in parts)
    return f"{opening}\n{inner}{' ' * indent}{closing}"


def _flat(piece: Any) -> str:
    if isinstance(piece, Term):
        return _WRITE[piece._kind](*piece._parts)
    if isinstance(piece, list):
        return f"[{', '.join(_flat(item) for item in piece)}]"
    if isinstance(piece, tuple):
        return f"({', '.join(_flat(item) for item in piece)}{',' if len(piece) == 1 else ''})"
    if isinstance(piece, dict):
        return "{" + ", ".join(f"{_flat(key)}: {_flat(value)}" for key, value in piece.items()) + "}"
    if isinstance(piece, str):
        return _text(piece)
    return repr(piece)


def _text(value: str) -> str:
    """Text as people write it: double quotes, and raw where backslashes would otherwise be doubled."""
    if "\\" in value and '"' not in value and value.isprintable() and not value.endswith("\\"):
        return f'r"{value}"'
    quoted = repr(value)
    return f'"{quoted[1:-1]}"' if quoted.startswith("'") and '"' not in quoted else quoted


def _binding(piece: Any) -> int:
    if isinstance(piece, Term) and piece._kind in ("operator", "unary"):
        return _BINDING[piece._parts[0]]
    if isinstance(piece, Term) and piece._kind == "function":
        return 0
    return 6 if isinstance(piece, (int, float)) and piece < 0 else _ATOM


def _bracketed(piece: Any, least: int) -> str:
    text = _flat(piece)
    return f"({text})" if _binding(piece) < least else text


def _write_operator(sign: str, left: Any, right: Any) -> str:
    binding = _BINDING[sign]
    # Power binds to the right, comparisons chain in Python: both sides of those are bracketed when in doubt.
    on_left = binding + 1 if sign == "**" or binding == 1 else binding
    return f"{_bracketed(left, on_left)} {sign} {_bracketed(right, binding + 1)}"


def _write_call(called: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    inner = [_flat(argument) for argument in args] + [f"{key}={_flat(value)}" for key, value in kwargs.items()]
    return f"{_bracketed(called, _ATOM)}({', '.join(inner)})"


_WRITE: dict[str, Callable[..., str]] = {
    "name": lambda text: text,
    "attribute": lambda owner, attribute: f"{_bracketed(owner, _ATOM)}.{attribute}",
    "item": lambda owner, key: f"{_bracketed(owner, _ATOM)}[{_flat(key)}]",
    "call": _write_call,
    "operator": _write_operator,
    "unary": lambda sign, operand: f"{'~' if sign == '~' else '-'}{_bracketed(operand, 6)}",
    "each": lambda variable, items, body: f"[{_flat(body)} for {variable} in {_flat(items)}]",
    "span": lambda start, stop: f"{'' if start is None else start}:{'' if stop is None else stop}",
    "function": lambda variable, body: f"lambda {variable}: {_flat(body)}",
}

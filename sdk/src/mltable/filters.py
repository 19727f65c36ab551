"""The conditions of `filter`: `col("price") > 10 and not (col("make") == "saab")`, as a tree and as SQL."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Union

from mltable.problems import PlanError, shown

MAX_TEXT = 4_000
COMPARISONS: dict[type, str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
ARITHMETIC: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%"}
SQL_COMPARISONS = {"==": "=", "!=": "<>"}


@dataclass(frozen=True)
class Column:
    name: str


@dataclass(frozen=True)
class Literal:
    value: str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Compare:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Compute:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Logic:
    operator: str  # and, or
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    part: Node


@dataclass(frozen=True)
class IsNull:
    part: Node


Node = Union[Column, Literal, Compare, Compute, Logic, Not, IsNull]


def parse(text: str, *, line: int = 0) -> Node:
    """The tree of a condition. Raises PlanError for whatever is none; nothing of the text is ever run."""
    if len(text) > MAX_TEXT:
        raise PlanError(f"A filter has at most {MAX_TEXT:,} characters.", line)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place = f" at character {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        raise PlanError(f"The filter {shown(text)} can't be read{place}.", line) from None
    try:
        found = _node(tree, line)
    except RecursionError:
        raise PlanError("The filter is nested too deeply.", line) from None
    if not isinstance(found, (Compare, Logic, Not, IsNull, Column)):
        raise PlanError(f'The filter {shown(text)} is no condition: write such as col("price") > 10.', line)
    return found


def sql(node: Node) -> str:
    """The condition as SQL, in standard quoting."""
    if isinstance(node, Column):
        return '"' + node.name.replace('"', '""') + '"'
    if isinstance(node, Literal):
        return _literal(node.value)
    if isinstance(node, IsNull):
        return f"({sql(node.part)} IS NULL)"
    if isinstance(node, Not):
        return f"(NOT {sql(node.part)})"
    if isinstance(node, Logic):
        return "(" + f" {node.operator.upper()} ".join(sql(part) for part in node.parts) + ")"
    operator = SQL_COMPARISONS.get(node.operator, node.operator)
    return f"({sql(node.left)} {operator} {sql(node.right)})"


def columns(node: Node) -> tuple[str, ...]:
    """The columns that a condition names, in their order."""
    if isinstance(node, Column):
        return (node.name,)
    if isinstance(node, Literal):
        return ()
    if isinstance(node, Logic):
        inner = node.parts
    elif isinstance(node, (Compare, Compute)):
        inner = (node.left, node.right)
    else:
        inner = (node.part,)
    return tuple(dict.fromkeys(name for part in inner for name in columns(part)))


def _node(tree: Any, line: int) -> Node:
    if isinstance(tree, ast.BoolOp):
        parts = tuple(_node(value, line) for value in tree.values)
        return Logic("and" if isinstance(tree.op, ast.And) else "or", parts)
    if isinstance(tree, ast.BinOp):
        return _binary(tree, line)
    if isinstance(tree, ast.UnaryOp):
        return _unary(tree, line)
    if isinstance(tree, ast.Compare):
        return _compare(tree, line)
    if isinstance(tree, ast.Call):
        return _call(tree, line)
    if isinstance(tree, ast.Constant) and isinstance(tree.value, (str, int, float, bool, type(None))):
        return Literal(tree.value)
    if isinstance(tree, ast.Name) and tree.id.lower() in ("true", "false", "null", "none"):
        return Literal({"true": True, "false": False}.get(tree.id.lower()))
    raise PlanError(
        f"{shown(ast.unparse(tree)) if hasattr(ast, 'unparse') else 'A part'} has no place in a filter.", line
    )


def _binary(tree: ast.BinOp, line: int) -> Node:
    left, right = _node(tree.left, line), _node(tree.right, line)
    if isinstance(tree.op, (ast.BitAnd, ast.BitOr)):
        return Logic("and" if isinstance(tree.op, ast.BitAnd) else "or", (left, right))
    operator = ARITHMETIC.get(type(tree.op))
    if operator is None:
        raise PlanError("A filter knows + - * / % and no other arithmetic.", line)
    return Compute(operator, left, right)


def _unary(tree: ast.UnaryOp, line: int) -> Node:
    part = _node(tree.operand, line)
    if isinstance(tree.op, (ast.Not, ast.Invert)):
        return Not(part)
    if isinstance(tree.op, ast.USub) and isinstance(part, Literal) and isinstance(part.value, (int, float)):
        return Literal(-part.value)
    return Compute("-", Literal(0), part)


def _compare(tree: ast.Compare, line: int) -> Node:
    sides = [_node(side, line) for side in (tree.left, *tree.comparators)]
    found = [_one_compare(op, left, right, line) for op, left, right in zip(tree.ops, sides, sides[1:])]
    return found[0] if len(found) == 1 else Logic("and", tuple(found))


def _one_compare(op: ast.cmpop, left: Node, right: Node, line: int) -> Node:
    is_null = isinstance(right, Literal) and right.value is None
    if is_null and isinstance(op, (ast.Eq, ast.Is)):
        return IsNull(left)
    if is_null and isinstance(op, (ast.NotEq, ast.IsNot)):
        return Not(IsNull(left))
    operator = COMPARISONS.get(type(op))
    if operator is None:
        raise PlanError("A filter compares by == != < <= > >=.", line)
    return Compare(operator, left, right)


def _call(tree: ast.Call, line: int) -> Node:
    name = tree.func.id if isinstance(tree.func, ast.Name) else ""
    values = [_node(argument, line) for argument in tree.args]
    if tree.keywords:
        raise PlanError("A filter calls nothing with named values.", line)
    if name == "col" and len(values) == 1 and isinstance(values[0], Literal) and isinstance(values[0].value, str):
        return Column(values[0].value)
    if name.lower() in ("isnull", "is_null") and len(values) == 1:
        return IsNull(values[0])
    if name in ("datetime", "date"):
        return _moment(name, values, line)
    raise PlanError(
        f'A filter knows col("name"), is_null(…) and datetime(…), and no {shown(name or "such call")}.', line
    )


def _moment(name: str, values: Any, line: int) -> Node:
    numbers = [value.value for value in values if isinstance(value, Literal) and type(value.value) is int]
    try:
        made: date = (datetime if name == "datetime" else date)(*numbers)
    except (TypeError, ValueError, OverflowError):
        made = datetime.min
    if len(numbers) != len(values) or made == datetime.min:
        raise PlanError(f"{name}(…) takes a year, a month, a day and perhaps hours, minutes and seconds.", line)
    return Literal(made)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return "NULL" if isinstance(value, float) and not math.isfinite(value) else repr(value)
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"

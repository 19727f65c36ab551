"""Whether a parameter's value is of the shape its kind asks for, and fits the columns of the table."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow import conditions, expressions
from atelier.dataflow.errors import DataflowError, RecipeError
from atelier.dataflow.expressions import constants
from atelier.dataflow.parameters import KINDS, Parameter, StepKind, Values

MOST_ITEMS = 10_000


def wrong(kind: StepKind, values: Values, columns: kinds.Columns | None) -> Iterator[tuple[Parameter, DataflowError]]:
    """The parameters of a step that can't be used, each with what is wrong about it."""
    for parameter in kind.parameters:
        if not _applies(parameter, values):
            continue
        try:
            _check_one(parameter, values.get(parameter.name), columns)
        except DataflowError as error:
            yield parameter, error


def _applies(parameter: Parameter, values: Values) -> bool:
    try:
        return parameter.applies(values)
    except TypeError:  # a list where a word belongs: the other parameter is told so itself
        return False


def _check_one(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if value is None or (isinstance(value, (str, list, tuple, dict)) and len(value) == 0):
        if parameter.required:
            raise RecipeError(f"“{parameter.label}” is missing.")
        return
    check(parameter, value, columns)


def check(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    """Raises a RecipeError or an ExpressionError with what is wrong about the value."""
    _CHECKS[parameter.kind](parameter, value, columns)


def _wrong(parameter: Parameter) -> RecipeError:
    return RecipeError(f"“{parameter.label}” has to be {KINDS[parameter.kind]}.", parameter=parameter.name)


def _column(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if not isinstance(value, str):
        raise _wrong(parameter)
    _known(value, columns)
    if kinds.is_pattern(value):
        raise RecipeError(f"“{value}” would stand for several columns: rename it first.")
    kind = (columns or {}).get(value, kinds.UNKNOWN)
    if parameter.of and kind != kinds.UNKNOWN and kind not in parameter.of:
        wanted = "a number" if parameter.of == kinds.NUMERIC else " or ".join(parameter.of)
        raise RecipeError(f"“{value}” is {kind}, and this needs {wanted}. Change its type first.")


def _known(column: str, columns: kinds.Columns | None) -> None:
    if columns is None or column in columns:
        return
    near = difflib.get_close_matches(column, list(columns), 1)
    raise RecipeError(f"There is no column “{column}” here." + (f" Did you mean “{near[0]}”?" if near else ""))


def _columns(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for column in _items(parameter, value):
        _column(parameter, column, columns)
    if len(set(value)) < len(value):
        raise RecipeError(f"“{parameter.label}” names a column twice.")


def _items(parameter: Parameter, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(parameter)
    if len(value) > MOST_ITEMS:
        raise RecipeError(f"“{parameter.label}” has more than {MOST_ITEMS:,} entries.")
    return value


def _text(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if not isinstance(value, str):
        raise _wrong(parameter)


def _texts(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if not all(isinstance(item, str) and item for item in _items(parameter, value)):
        raise _wrong(parameter)
    if parameter.gives_column and len(set(value)) < len(value):
        raise RecipeError(f"“{parameter.label}” gives two columns the same name.")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300


def _number(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if not _is_number(value):
        raise _wrong(parameter)
    if parameter.least is not None and value < parameter.least:
        raise RecipeError(f"“{parameter.label}” has to be {parameter.least:g} at least.")
    if parameter.most is not None and value > parameter.most:
        raise RecipeError(f"“{parameter.label}” has to be {parameter.most:g} at most.")


def _integer(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**53:
        raise _wrong(parameter)
    _number(parameter, value, columns)


def _numbers(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for item in _items(parameter, value):
        _number(parameter, item, columns)


def _boolean(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if not isinstance(value, bool):
        raise _wrong(parameter)


def _value(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if not (value is None or isinstance(value, (str, bool)) or _is_number(value)):
        raise _wrong(parameter)


def _values(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for item in _items(parameter, value):
        _value(parameter, item, columns)


def _choice(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    allowed = [choice for choice, _label in parameter.choices]
    if value not in allowed:
        raise RecipeError(f"“{parameter.label}” is one of {', '.join(allowed)}.")


def _choices(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for item in _items(parameter, value):
        _choice(parameter, item, columns)


def _expression(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    _text(parameter, value, columns)
    kind = expressions.kind_of(value, columns)
    if parameter.of and kind != kinds.UNKNOWN and kind not in parameter.of:
        raise RecipeError(f"This gives {kind}, and it has to be a condition: true or false.")


def _expressions(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for item in _items(parameter, value):
        _expression(parameter, item, columns)


def _pattern(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    _text(parameter, value, columns)
    constants.check_pattern(value, 0, len(value))


def _rows(parameter: Parameter, value: Any, *needed: str) -> Iterable[Mapping[str, Any]]:
    for item in _items(parameter, value):
        if not isinstance(item, Mapping) or any(name not in item for name in needed):
            raise _wrong(parameter)
    return list(value)


def _conditions(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for row in _rows(parameter, value, "column", "op"):
        _column(parameter, row["column"], columns)
        operator = row["op"]
        if operator not in conditions.OPERATORS:
            raise RecipeError(f"“{operator}” is no comparison; there are {', '.join(conditions.OPERATORS)}.")
        listed = isinstance(row.get("value"), list)
        if operator not in conditions.WITHOUT_VALUE and listed != (operator in conditions.WITH_LIST):
            raise RecipeError(f"“{operator}” is compared with {'a list of values' if not listed else 'one value'}.")
        if operator not in conditions.WITHOUT_VALUE:
            _values(parameter, row["value"] if listed else [row.get("value")], columns)
        expressions.kind_of(conditions.expression_of([row], either=False, columns=columns), columns)


def _names(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(new, str) and new for new in value.values()):
        raise _wrong(parameter)
    for old in value:
        _known(old, columns)
    after = [value.get(column, column) for column in columns or value]
    if len(set(after)) < len(after):
        raise RecipeError("Two columns would have the same name.")


def _pairs(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for row in _rows(parameter, value, "from", "to"):
        _values(parameter, [row["from"], row["to"]], columns)


def _keys(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for row in _rows(parameter, value, "left", "right"):
        _column(parameter, row["left"], columns)
        _text(parameter, row["right"], None)


def _aggregations(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for row in _rows(parameter, value, "column", "how"):
        _column(parameter, row["column"], columns)
        _choice(parameter, row["how"], columns)
        kind = (columns or {}).get(row["column"], kinds.UNKNOWN)
        if row["how"] in ("sum", "mean", "median", "std") and kind in (kinds.TEXT, kinds.DATE, kinds.DATETIME):
            raise RecipeError(f"“{row['column']}” is {kind}, which has no {row['how']}.")


def _orders(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    for row in _rows(parameter, value, "column"):
        _column(parameter, row["column"], columns)


def _examples(parameter: Parameter, value: Any, columns: kinds.Columns | None) -> None:
    _rows(parameter, value)


_CHECKS: dict[str, Callable[[Parameter, Any, Any], None]] = {
    "column": _column,
    "columns": _columns,
    "text": _text,
    "texts": _texts,
    "number": _number,
    "integer": _integer,
    "numbers": _numbers,
    "boolean": _boolean,
    "value": _value,
    "values": _values,
    "choice": _choice,
    "choices": _choices,
    "expression": _expression,
    "expressions": _expressions,
    "pattern": _pattern,
    "conditions": _conditions,
    "names": _names,
    "pairs": _pairs,
    "keys": _keys,
    "aggregations": _aggregations,
    "orders": _orders,
    "asset": _text,
    "assets": _texts,
    "examples": _examples,
}

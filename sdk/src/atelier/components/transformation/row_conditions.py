r"""The expressions of Split Data: `\"make" ^a` (text that is searched for) and `\"price" > 10000 & \"make" != audi`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.transformation import column_types

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_COLUMN = re.compile(r'\s*(?:\(?\\?"(?P<name>(?:[^"\\]|\\.)+)"\)?|\(\\(?P<index>\d+)\))\s*')
_COMPARISON = re.compile(r"(?P<operator><=|>=|==|!=|<|>)\s*(?P<value>\"[^\"]*\"|'[^']*'|[^&|]+?)\s*(?P<next>[&|]|$)")


def matching(table: Table, expression: str, parameter: str) -> np.ndarray:
    """Which rows have the pattern in the column's text. Raises ComponentError."""
    name, after = _column(table, expression, 0, parameter)
    try:
        pattern = re.compile(expression[after:])
    except re.error as error:
        said = f"{expression[after:]!r} is no regular expression: {error}."
        raise ComponentError(said, parameter=parameter) from error
    found: np.ndarray = table.frame[name].map(lambda one: _has(pattern, one)).to_numpy(dtype=bool)
    return found


def holding(table: Table, expression: str, parameter: str) -> np.ndarray:
    """Which rows the comparisons hold for. Raises ComponentError."""
    import numpy as np

    held = np.zeros(len(table.frame), dtype=bool)  # what the comparisons before the last | gave
    current = np.ones(len(table.frame), dtype=bool)
    position = 0
    while True:
        name, position = _column(table, expression, position, parameter)
        match = _COMPARISON.match(expression, position)
        if not match:
            said = f'A comparison such as \\"{name}" > 3 is wanted; {expression[position:]!r} is given.'
            raise ComponentError(said, parameter=parameter)
        current &= _compared(table, name, match["operator"], match["value"], parameter)
        position = match.end()
        if not match["next"]:
            both: np.ndarray = held | current
            return both
        if match["next"] == "|":
            held, current = held | current, np.ones(len(held), dtype=bool)


def _has(pattern: re.Pattern[str], value: Any) -> bool:
    import pandas as pd

    return not pd.isna(value) and pattern.search(str(value)) is not None


def _column(table: Table, expression: str, position: int, parameter: str) -> tuple[str, int]:
    match = _COLUMN.match(expression, position)
    if not match:
        said = f'A column such as \\"price" or (\\0) is wanted first; {expression[position:]!r} is given.'
        raise ComponentError(said, parameter=parameter)
    if match["name"] is not None:
        name = re.sub(r"\\(.)", r"\1", match["name"])
        return table.require(name, parameter=parameter, port="dataset"), match.end()
    index, names = int(match["index"]), list(table.frame.columns)
    if index >= len(names):
        said = f"There is no column (\\{index}): the table has {len(names)}, the first is (\\0)."
        raise ComponentError(said, parameter=parameter)
    return names[index], match.end()


def _compared(table: Table, name: str, sign: str, text: str, parameter: str) -> np.ndarray:
    values = column_types.without_categories(table.frame[name])
    wanted = _wanted(values, text.strip().strip("\"'"), name, parameter)
    if not isinstance(wanted, str):
        held = OPERATORS[sign](values, wanted)
    else:
        _refuse_letters(name, sign, text, parameter)
        held = OPERATORS[sign](values.astype("string"), wanted)
    found: np.ndarray = (held.fillna(False).astype(bool) & values.notna()).to_numpy()
    return found


def _refuse_letters(name: str, sign: str, text: str, parameter: str) -> None:
    """Texts are put in order letter by letter, so that 10 comes before 9: nobody means that of a number."""
    if sign in ("==", "!=") or not re.fullmatch(r"[-+]?\d+(\.\d+)?", text.strip()):
        return
    said = f"The column {name!r} holds texts, so {sign} {text.strip()} would compare letters: make numbers of it first "
    raise ComponentError(f"{said}(Edit Metadata).", parameter=parameter)


def _time(values: pd.Series, text: str) -> pd.Timestamp:
    """A time as the column has them: in its time zone, where it has one and the text names none."""
    import pandas as pd

    found, zone = pd.Timestamp(text), getattr(values.dtype, "tz", None)
    if zone is not None:
        return found.tz_localize(zone) if found.tzinfo is None else found
    return found if found.tzinfo is None else found.tz_convert("UTC").tz_localize(None)


def _wanted(values: pd.Series, text: str, name: str, parameter: str) -> Any:

    kind = column_kinds.of_series(values)
    try:
        if kind == column_kinds.NUMERIC:
            return float(text)
        if kind == column_kinds.DATETIME:
            return _time(values, text)
        if kind == column_kinds.BOOLEAN:
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except (ValueError, KeyError) as error:
        said = f"The column {name!r} is {kind}; it can't be compared with {text!r}."
        raise ComponentError(said, parameter=parameter) from error
    return text

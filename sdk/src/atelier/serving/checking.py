"""Holds a frame against the signature and says which fields do not fit."""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Iterator
from typing import Any, Callable

from atelier.serving.payloads import Frame, kind_of
from atelier.serving.problems import FieldProblem, wrong_input
from atelier.serving.signatures import NUMERIC, Column, Parameter, Signature

NAMED = {
    "boolean": "true or false",
    "integer": "a whole number (32 bits)",
    "long": "a whole number",
    "float": "a number",
    "double": "a number",
    "string": "text",
    "binary": "base64 text",
    "datetime": "a date and time",
}
RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}


def check_names(frame: Frame, signature: Signature, *, refuses_extra: bool) -> None:
    """Raises the problem that names what is missing and, where that is refused, what is too much."""
    columns = signature.columns
    if not columns or not signature.is_named:
        return
    found = [
        FieldProblem(column.name, "is missing.")
        for column in columns
        if column.required and column.name not in frame.columns
    ]
    if refuses_extra:
        known = {column.name for column in columns}
        found += [FieldProblem(name, "is not in the model's signature.") for name in frame.columns if name not in known]
    if found:
        raise wrong_input(found)


def check_values(frame: Frame, signature: Signature) -> None:
    """Raises the problem that names each field with a value of another type, and the row of the first one."""
    found = list(_wrong_values(frame, signature))
    if found:
        raise wrong_input(found)


def _wrong_values(frame: Frame, signature: Signature) -> Iterator[FieldProblem]:
    for column in signature.columns:
        values = frame.columns.get(column.name)
        fits = FITS.get(column.type)
        if values is None or fits is None:
            continue
        wrong = next((row for row, value in enumerate(values) if not _fits(column, fits, value)), None)
        if wrong is not None:
            yield FieldProblem(column.name, _said(column, values[wrong], wrong, frame.rows))


def _fits(column: Column, fits: Callable[[Any], bool], value: Any) -> bool:
    if value is None:
        # Whole numbers and dates know no missing value in a frame of their type.
        return column.type not in ("integer", "long", "boolean") or (not column.required and column.type == "boolean")
    return fits(value)


def _said(column: Column, value: Any, row: int, rows: int) -> str:
    where = f" in row {row}" if rows > 1 else ""
    shown = f" ({value[:40]!r})" if isinstance(value, str) else f" ({value})" if isinstance(value, (int, float)) else ""
    return f"is {kind_of(value)}{shown}{where}; it must be {NAMED[column.type]}."


def _is_number(value: Any) -> bool:
    if isinstance(value, (int, float)):
        return True
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return isinstance(value, str)


def _is_whole(low: int, high: int) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if isinstance(value, str):
            try:
                value = int(value)
            except ValueError:
                return False
        if isinstance(value, float):
            return value.is_integer() and low <= value <= high
        return isinstance(value, int) and low <= value <= high

    return fits


def _is_base64(value: Any) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return False
    return True


def _is_moment(value: Any) -> bool:
    if isinstance(value, (int, float)):
        return not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    parse = _parser()
    try:
        parse(value)
    except (ValueError, TypeError, OverflowError):
        return False
    return True


def _parser() -> Callable[[Any], Any]:
    try:
        import pandas
    except ImportError:
        return datetime.datetime.fromisoformat
    return pandas.to_datetime


FITS: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: value is True or value is False or value in (0, 1),
    "integer": _is_whole(*RANGES["integer"]),
    "long": _is_whole(*RANGES["long"]),
    "float": _is_number,
    "double": _is_number,
    "string": lambda value: isinstance(value, str),
    "binary": _is_base64,
    "datetime": _is_moment,
}


def check_params(params: dict[str, Any] | None, signature: Signature) -> None:
    """Raises the problem that names the parameters of another type. Unknown ones are ignored, as MLflow does."""
    if not params:
        return
    found = [
        FieldProblem(f"params.{one.name}", f"is {kind_of(params[one.name])}; it must be {_wanted(one)}.")
        for one in signature.params
        if one.name in params and not _param_fits(one, params[one.name])
    ]
    if found:
        raise wrong_input(found)


def _wanted(one: Parameter) -> str:
    named = NAMED.get(one.type, one.type)
    return f"a list of {named}" if one.shape is not None else named


def _param_fits(one: Parameter, value: Any) -> bool:
    if one.shape is not None:
        return isinstance(value, list) and all(_plain_param_fits(one, item) for item in value)
    return (value is None and one.default is None) or _plain_param_fits(one, value)


def _plain_param_fits(one: Parameter, value: Any) -> bool:
    if one.type in NUMERIC:
        if isinstance(value, (bool, str)):
            return False
        return isinstance(value, (int, float)) if one.type in ("float", "double") else type(value) is int
    fits = FITS.get(one.type)
    return type(value) is bool if one.type == "boolean" else fits is None or fits(value)

"""One row by SQL of our own, as a model's instance.

Every request asks two or three such questions, and Django's raw queries spend three times the answer's price on working out
anew which column is which field. Here that is worked out once for each model and list of columns.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
Convert = Callable[[Any], Any]


def one_row(model: type[M], sql: str, values: Sequence[Any]) -> M | None:
    """The first row of `sql`, which must give all columns of `model`; its other columns become attributes."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
        if row is None:
            return None
        columns = tuple(column[0] for column in cursor.description)
    own, others = _plan(model, columns, connection.vendor)
    found = model.from_db(connection.alias, [name for name, _, _ in own], [change(row[at]) for _, at, change in own])
    for name, at in others:
        setattr(found, name, row[at])
    return found


@cache
def _plan(
    model: type[models.Model], columns: tuple[str, ...], vendor: str
) -> tuple[list[tuple[str, int, Convert]], list[tuple[str, int]]]:
    """(field, place, conversion) in the order of the model's fields, and (name, place) of what is no field of it."""
    fields = cast(Any, model)._meta.concrete_fields
    own = [(field.attname, columns.index(field.column), _conversion(field)) for field in fields]
    known = {field.column for field in fields}
    return own, [(name, at) for at, name in enumerate(columns) if name not in known]


def _conversion(field: Any) -> Convert:
    """What turns the database's value into Python's, as a query of Django's would."""
    expression = field.get_col(field.model._meta.db_table)
    converters = [*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)]

    def convert(value: Any) -> Any:
        for converter in converters:
            value = converter(value, expression, connection)
        return value

    return convert

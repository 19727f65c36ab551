"""Rows by SQL of our own, as instances of models, and conditional updates of them.

Every request asks two or three such questions, and Django's raw queries spend three times the answer's price on working out
anew which column is which field. Here that is worked out once for each model.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, cast

from django.db import connection, models

from studio import prepared

M = TypeVar("M", bound=models.Model)
Convert = Callable[[Any], Any]
MOST_VALUES = 900  # in one statement: an old SQLite takes 999


class Part(Generic[M]):
    """The part of a row that is one model's instance: `columns` for the statement, `read` for what came.

    The columns are named: a prepared statement outlives a column that is added meanwhile.
    """

    def __init__(self, model: type[M], alias: str) -> None:
        meta = cast(Any, model)._meta
        self.model = model
        self.fields = list(meta.concrete_fields)
        self.names = [field.attname for field in self.fields]
        self.width = len(self.fields)
        self.columns = ", ".join(f'{alias}."{field.column}"' for field in self.fields)
        self._pk_at = self.fields.index(meta.pk)

    def read(self, row: Sequence[Any], at: int = 0) -> M | None:
        """The instance whose columns begin at `at`; None where an outer join found none."""
        if row[at + self._pk_at] is None:
            return None
        values = list(row[at : at + self.width])
        for place, convert in _conversions(self.model, connection.vendor):
            values[place] = convert(values[place])
        return self.model.from_db(connection.alias, self.names, values)


@cache
def part(model: type[M], alias: str) -> Part[M]:
    return Part(model, alias)


def one_row(model: type[M], conditions: str, values: Sequence[Any]) -> M | None:
    """The first row of `model` that meets `conditions`, in SQL, in which its table is called `x`."""
    wanted = part(model, "x")
    row = prepared.first_row(_select(model, conditions), values)
    return None if row is None else wanted.read(row)


def all_rows(model: type[M], conditions: str, values: Sequence[Any]) -> list[M]:
    """`one_row` for every row that meets them."""
    wanted = part(model, "x")
    found = (wanted.read(row) for row in prepared.all_rows(_select(model, conditions), values))
    return [row for row in found if row is not None]


@cache
def _select(model: type[models.Model], conditions: str) -> str:
    return f'SELECT {part(model, "x").columns} FROM "{model._meta.db_table}" x WHERE {conditions}'


def change(model: type[models.Model], changes: Mapping[str, Any], conditions: str, values: Sequence[Any]) -> int:
    """Set fields of the rows that meet `conditions`, in SQL; how many there were. Values are plain ones, no expressions."""
    fields = _fields(model)
    given = [fields[name].get_db_prep_save(_plain(value), connection) for name, value in changes.items()]
    return prepared.change(_update(model, tuple(changes), conditions), [*given, *values])


def insert(instances: Sequence[models.Model], *, where_new: bool = False) -> None:
    """Save new rows of one model, a few hundred by one statement, and give them their keys, as `bulk_create` does.

    With `where_new` those that are there already are passed over, and none is given a key.
    """
    if not instances:
        return
    for one in instances:
        cast(Any, one)._prepare_related_fields_for_save(operation_name="insert")  # keys of what was saved meanwhile
    model = type(instances[0])
    key = cast(Any, model)._meta.pk
    is_given = instances[0].pk is not None
    fields = [field for field in cast(Any, model)._meta.concrete_fields if is_given or field is not key]
    ending = " ON CONFLICT DO NOTHING" if where_new else "" if is_given else f' RETURNING "{key.column}"'
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    at_once = max(MOST_VALUES // len(fields), 1)
    for start in range(0, len(instances), at_once):
        some = instances[start : start + at_once]
        sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join([marks] * len(some))}{ending}'
        values = [field.get_db_prep_save(field.pre_save(one, True), connection) for one in some for field in fields]
        if where_new or is_given:
            prepared.change(sql, values)
        else:
            for one, (given,) in zip(some, prepared.all_rows(sql, values), strict=True):
                one.pk = given
        for one in some:
            one._state.adding, one._state.db = False, connection.alias


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


@cache
def _fields(model: type[models.Model]) -> dict[str, Any]:
    """Its fields by their names and by those of their columns' attributes: `run` and `run_id`."""
    return {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}


@cache
def _update(model: type[models.Model], names: tuple[str, ...], conditions: str) -> str:
    columns = ", ".join(f'"{_fields(model)[name].column}" = %s' for name in names)
    return f'UPDATE "{model._meta.db_table}" SET {columns} WHERE {conditions}'


@cache
def _conversions(model: type[models.Model], vendor: str) -> list[tuple[int, Convert]]:
    """(place, conversion) of the fields whose values the driver does not give as Python's already."""
    fields = enumerate(cast(Any, model)._meta.concrete_fields)
    found = ((place, _conversion(field)) for place, field in fields)
    return [(place, convert) for place, convert in found if convert is not None]


def _conversion(field: Any) -> Convert | None:
    """What turns the database's value into Python's, as a query of Django's would; None for nothing."""
    expression = field.get_col(field.model._meta.db_table)
    converters = [*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)]
    if not converters:
        return None

    def convert(value: Any) -> Any:
        for converter in converters:
            value = converter(value, expression, connection)
        return value

    return convert

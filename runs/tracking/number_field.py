"""The number that a row's `value` holds, in a column of its own: what is asked for by size is found by an index."""

from typing import Any

from django.db import models

from studio.search.sql import number_of


class NumberField(models.FloatField):
    """Null where `value` is no number. Follows it in every row written through a model; `update()` and SQL must say both."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "null": True, "editable": False})

    def deconstruct(self) -> Any:
        """For migrations it is an ordinary column."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.FloatField", args, kwargs

    def pre_save(self, model_instance: Any, add: bool) -> float | None:
        number = number_of(model_instance.value)
        setattr(model_instance, self.attname, number)
        return number

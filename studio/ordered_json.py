"""JSON columns that keep the order of keys: of what people write and read again, such as a pipeline's steps."""

import json
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class OrderedJSONField(models.JSONField):
    """A JSON column whose objects come back in the order they were put. It can't be compared or made distinct by.

    PostgreSQL's `jsonb`, which Django takes, sorts keys by their length; its `json` keeps the text.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "json" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if connection.vendor != "postgresql" or value is None or hasattr(value, "as_sql"):
            return super().get_db_prep_value(value, connection, prepared)
        from psycopg.types.json import Json

        return Json(value, dumps=lambda given: json.dumps(given, cls=self.encoder))

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        # The driver reads `json` by itself, which Django expects to be text as it is of `jsonb`.
        if connection.vendor == "postgresql" and not isinstance(value, str | bytes):
            return value
        return super().from_db_value(value, expression, connection)

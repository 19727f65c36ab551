"""Many ids as one value of a statement: a thousand parameters cost more than the rows they name, and are limited."""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def listed(ids: Iterable[str]) -> RawSQL:
    """For `filter(run__in=listed(ids))`: a subquery of the ids."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::text[])", [list(ids)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])

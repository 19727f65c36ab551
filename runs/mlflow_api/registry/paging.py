"""Pages of the registry's lists: the token says how many rows were given before."""

import base64
import binascii
import json
from typing import Any

from django.db.models import QuerySet

from runs.mlflow_api import fields

MAX_OFFSET = 10_000_000


def page(rows: "QuerySet[Any]", *, token: str, size: int) -> tuple[list[Any], str]:
    """The rows of one page and the token of the next, empty at the end."""
    start = _offset(token)
    found = list(rows[start : start + size + 1])
    return found[:size], _token(start + size) if len(found) > size else ""


def _token(offset: int) -> str:
    return base64.b64encode(json.dumps({"offset": offset}).encode()).decode()


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        found = json.loads(base64.b64decode(token, validate=True))["offset"]
        if type(found) is int and 0 <= found <= MAX_OFFSET:
            return found
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        pass
    raise fields.bad("Invalid page token: it is not one that this list gave out.")

"""Lists by cursor: the cursor holds the last row's sort values, so a page costs the same wherever it is."""

import base64
import binascii
import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime

from studio.errors import Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_CURSOR = 1024


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the cursors of the neighbouring pages ("" where there is none)."""

    rows: list[Any]
    next: str
    previous: str


def page_of(rows: "QuerySet[Any]", *, order: Sequence[str], cursor: str = "", limit: int = DEFAULT_LIMIT) -> Page:
    """One page of `rows` sorted by `order`, whose last field must be unique and none may be null.

    `order` is made of literals (`("-created_at", "-id")`), never of a caller's text.
    """
    backwards, values = _decode(cursor, len(order)) if cursor else (False, [])
    fields = [_flipped(field) for field in order] if backwards else list(order)
    wanted = rows.order_by(*fields)
    if values:
        try:
            wanted = wanted.filter(_after(fields, values))
        except (ValueError, TypeError, ValidationError):  # values of another list's types
            raise _bad_cursor() from None
    found = list(wanted[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(values))
    return Page(
        rows=found,
        next=_encode("n", order, found[-1]) if found and has_next else "",
        previous=_encode("p", order, found[0]) if found and has_previous else "",
    )


def answer(
    request: HttpRequest, rows: "QuerySet[Any]", *, order: Sequence[str], show: Callable[[Any], Any]
) -> dict[str, Any]:
    """The body of a list answer: `{"results", "next", "previous"}` by the request's `limit` and `cursor`."""
    limit = limit_of(request.GET)
    page = page_of(rows, order=order, cursor=request.GET.get("cursor", ""), limit=limit)
    return {
        "results": [show(row) for row in page.rows],
        "next": url_of_page(request, page.next),
        "previous": url_of_page(request, page.previous),
    }


def limit_of(query: QueryDict, *, default: int = DEFAULT_LIMIT, maximum: int = MAX_LIMIT) -> int:
    """The `limit` of a query string, 1 … `maximum`."""
    text = query.get("limit")
    return default if text is None else whole_number("limit", text, minimum=1, maximum=maximum)


def whole_number(name: str, text: str, *, minimum: int, maximum: int) -> int:
    """A whole number of a query string, in ASCII digits and in range; raises Invalid naming the parameter."""
    plain = text.removeprefix("-")
    if plain.isascii() and plain.isdigit() and len(plain) <= 19 and minimum <= int(text) <= maximum:
        return int(text)
    message = f"Give a whole number from {minimum} to {maximum}."
    raise Invalid("bad_parameter", f"{name}: {message}", fields={name: message})


def _after(fields: Sequence[str], values: list[Any]) -> Q:
    """Rows that come after `values` in the order of `fields`: a > x, or a = x and b > y, …"""
    found, equal = Q(), Q()
    for field, value in zip(fields, values, strict=True):
        name = field.lstrip("-")
        comparison = "lt" if field.startswith("-") else "gt"
        found |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    return found


def _flipped(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _encode(direction: str, order: Sequence[str], row: Any) -> str:
    values = [_plain(_value(row, field.lstrip("-"))) for field in order]
    return base64.urlsafe_b64encode(orjson.dumps([direction, *values])).decode().rstrip("=")


def _value(row: Any, name: str) -> Any:
    value = row
    for part in name.split("__"):
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    return value


def _plain(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime.datetime) else value


def _decode(cursor: str, count: int) -> tuple[bool, list[Any]]:
    try:
        if len(cursor) > MAX_CURSOR:
            raise ValueError("too long")
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, *values = orjson.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        if direction not in ("n", "p") or len(values) != count:
            raise ValueError("another list's")
        return direction == "p", [_parsed(value) for value in values]
    except (ValueError, TypeError, KeyError, binascii.Error):
        raise _bad_cursor() from None


def _parsed(value: Any) -> Any:
    if isinstance(value, dict):
        moment = parse_datetime(value["at"])
        if moment is None or moment.tzinfo is None:
            raise ValueError("no time")
        return moment
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    if not is_plain or (isinstance(value, str) and "\x00" in value):
        raise ValueError("no sort value")
    return value


def _bad_cursor() -> Invalid:
    message = "This cursor is not one this list gave out."
    return Invalid("bad_cursor", message, hint="Start again without a cursor.", fields={"cursor": message})


def url_of_page(request: HttpRequest, cursor: str) -> str | None:
    """The address of a neighbouring page; None when there is none."""
    if not cursor:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def query_with(query: QueryDict, **changes: str) -> str:
    """A page's query string with some parameters set (an empty value drops one): for links of HTML lists."""
    kept = [(key, value) for key, values in query.lists() for value in values if key not in changes]
    return urlencode(kept + [(key, value) for key, value in changes.items() if value])

"""Reading requests as MLflow's clients send them, and refusing what they send wrongly in the words they know."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any

from rest_framework.request import Request

from runs.mlflow_api.base import MlflowError
from studio.api import parsers
from studio.errors import Invalid

Body = Mapping[str, Any]

SEE = " See the API docs for more information about request parameters."
MAX_KEY = 250
MAX_PARAM = 6_000
MAX_TAG = 8_000
MAX_SHOWN = 1_000
MAX_TIME_MS = 253_402_300_799_999  # the last millisecond of the year 9999
_NAME = re.compile(r"[/\w.\- :]*")
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,19}\s*")
_INT64 = range(-(2**63), 2**63)


def body_of(request: Request, *lists: str) -> Body:
    """What a request says: of a GET its query, of others its JSON. The fields `lists` hold several values."""
    if request.method != "GET":
        return plain(request.data)
    query = request.query_params
    return {name: query.getlist(name) if name in lists else query[name] for name in query}


def plain(data: Any) -> Body:
    """The JSON object of a body; old clients send it packed once more in a text."""
    if isinstance(data, str):
        try:
            data = parsers.loads(data.encode(), allow_nan=True)
        except (Invalid, UnicodeEncodeError):
            raise bad("The body is no JSON object.") from None
    if not isinstance(data, dict):
        raise bad("The body must be a JSON object.")
    return data


def text(body: Body, name: str, *, default: str = "") -> str:
    """A text that may be left out."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise invalid_type(name, value)
    if "\0" in value:
        raise invalid(name, value, "It holds a NUL character, which can't be stored.")
    return value


def required(body: Body, name: str, *others: str) -> str:
    """A text that must be there and not be empty; `others` are older names of the field."""
    value = text(body, name) or next((text(body, other) for other in others if body.get(other)), "")
    if not value:
        raise missing(name)
    return value


def whole(body: Body, name: str, *, default: int | None = None) -> int | None:
    """A whole number of 64 bits, as a number or in a text."""
    value = body.get(name)
    if value is None or value == "":
        return default
    found = as_whole(value)
    if found is None:
        raise invalid_type(name, value)
    return found


def within(body: Body, name: str, *, default: int, low: int, high: int) -> int:
    """A whole number within bounds."""
    value = whole(body, name, default=default)
    if value is None or not low <= value <= high:
        raise invalid(name, body.get(name), f"It must be at least {low} and at most {high}.")
    return value


def time_ms(body: Body, name: str) -> int | None:
    """A time in milliseconds since the epoch; none when it is left out or 0."""
    value = whole(body, name) or None
    if value is not None and not 0 <= value <= MAX_TIME_MS:
        raise invalid(name, value, "It must be milliseconds since 1970.")
    return value


def items(body: Body, name: str) -> list[Any]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid_type(name, value)
    return value


def texts(body: Body, name: str) -> list[str]:
    value = items(body, name)
    if not all(isinstance(item, str) for item in value):
        raise invalid_type(name, value)
    return value


def some(body: Body, name: str) -> list[str]:
    """A list of texts that may not be empty."""
    found = texts(body, name)
    if not found:
        raise missing(name)
    return found


def pairs(body: Body, name: str) -> list[tuple[str, str]]:
    """A list of `{"key", "value"}` as pairs; a value left out is empty."""
    found = []
    for index, item in enumerate(items(body, name)):
        if not isinstance(item, dict):
            raise invalid_type(name, body[name])
        key, value = item.get("key"), item.get("value", "")
        if key is None or key == "":
            raise missing(f"{name}[{index}].key")
        if not isinstance(key, str) or not isinstance(value or "", str):
            raise invalid_type(name, body[name])
        found.append((key, value or ""))
    return found


def tag_map(body: Body, name: str = "tags", *, limit: int = MAX_TAG) -> dict[str, str]:
    """Tags by their keys, each fit to be stored."""
    found = pairs(body, name)
    for index, (key, value) in enumerate(found):
        check_tag(key, value, path=f"{name}[{index}].", limit=limit)
    return dict(found)


def check_tag(key: str, value: str, *, path: str = "", limit: int = MAX_TAG) -> None:
    check_name(key, f"{path}key")
    check_length(f"{path}key", key, MAX_KEY)
    check_length(f"{path}value", value, limit)
    if "\0" in value:
        raise invalid(f"{path}value", value, "It holds a NUL character, which can't be stored.")


def check_param(key: str, value: str, *, path: str = "") -> None:
    check_name(key, f"{path}key")
    check_length("Param key", key, MAX_KEY)
    check_length("Param value", value, MAX_PARAM)
    if "\0" in value:
        raise invalid(f"{path}value", value, "It holds a NUL character, which can't be stored.")


def check_name(name: str, path: str) -> None:
    """Raise for a key that no parameter, metric or tag may have."""
    if problem := name_problem(name):
        raise invalid(path, name, problem)


@lru_cache(8192)
def name_problem(name: str) -> str:
    """Why MLflow would not take this key; empty when it would."""
    if not _NAME.fullmatch(name):
        return (
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and "
            "slashes (/)."
        )
    resolved = normpath(name)
    if resolved != name or resolved == "." or resolved.startswith("..") or PurePosixPath(name).is_absolute():
        return (
            "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. "
            f"This name would resolve to {resolved!r}"
        )
    return ""


def check_length(what: str, value: str, limit: int) -> None:
    if len(value) > limit:
        raise bad(f"'{what}' exceeds the maximum length of {limit} characters")


def as_whole(value: object) -> int | None:
    """A whole number as clients write it: a number, a number with .0, or either in a text. None for anything else."""
    if type(value) is int:
        found: int = value
    elif isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            return None
        found = int(value)
    elif isinstance(value, float) and value.is_integer():
        found = int(value)
    else:
        return None
    return found if found in _INT64 else None


def numeric_id(text_id: str) -> int | None:
    """An id as the database knows it; None for what can't be one."""
    return int(text_id) if text_id.isascii() and text_id.isdigit() and len(text_id) <= 18 else None


def bad(message: str) -> MlflowError:
    return MlflowError("INVALID_PARAMETER_VALUE", message)


def missing(name: str) -> MlflowError:
    return bad(f"Missing value for required parameter '{name}'.{SEE}")


def invalid(name: str, value: object, reason: str = "") -> MlflowError:
    shown = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    if len(shown) > MAX_SHOWN:
        shown = shown[:MAX_SHOWN] + "…"
    ending = f": {reason}" if reason else "."
    return bad(f"Invalid value {shown} for parameter '{name}' supplied{ending}")


def invalid_type(name: str, value: object) -> MlflowError:
    return invalid(name, value, f" Hint: Value was of type '{type(value).__name__}'.{SEE}")


def shown_list(values: Sequence[object]) -> str:
    """A list the way MLflow's messages write one."""
    return "[" + ", ".join(repr(value) for value in values) + "]"

"""Text that people and scripts give to runs: lengths, and characters no database can hold."""

import math
from collections.abc import Mapping

from studio.errors import Invalid

MAX_KEY = 250
MAX_PARAM = 6000
MAX_TAG = 8000
MAX_NAME = 255
MAX_ITEMS = 1000

Scalar = str | int | float | bool | None


def clean_text(text: object, *, field: str, limit: int, required: bool = False) -> str:
    """The text itself. Raises Invalid naming `field` when it is too long, empty though required, or can't be stored."""
    if not isinstance(text, str):
        raise _invalid(field, "must be text")
    if "\0" in text:
        raise _invalid(field, "holds a NUL character, which can't be stored")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _invalid(field, "is not valid Unicode") from None
    if len(text) > limit:
        raise _invalid(field, f"is longer than {limit:,} characters")
    if required and not text.strip():
        raise _invalid(field, "is empty")
    return text


def clean_name(name: object, *, field: str = "name") -> str:
    """A one-line name, without blanks at its ends."""
    text = clean_text(name, field=field, limit=MAX_NAME, required=True).strip()
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise _invalid(field, "holds a control character")
    return text


def clean_params(params: Mapping[str, Scalar]) -> dict[str, str]:
    """Parameters as the texts that are stored; raises Invalid before anything is written."""
    _check_count(params, "params")
    return {
        clean_name_of_key(key, field="params"): clean_text(as_text(value, key), field=f"params.{key}", limit=MAX_PARAM)
        for key, value in params.items()
    }


def clean_tags(tags: Mapping[str, Scalar]) -> dict[str, str | None]:
    """Tags as the texts that are stored; None stands for removal."""
    _check_count(tags, "tags")
    return {
        clean_name_of_key(key, field="tags"): None
        if value is None
        else clean_text(as_text(value, key), field=f"tags.{key}", limit=MAX_TAG)
        for key, value in tags.items()
    }


def clean_name_of_key(key: object, *, field: str) -> str:
    text = clean_text(key, field=field, limit=MAX_KEY, required=True)
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise _invalid(field, "has a key with a control character")
    return text


def as_text(value: object, key: str = "") -> str:
    """A parameter's or tag's value the way a person would write it."""
    if isinstance(value, str):
        return value
    if value is None:
        return "None"
    if isinstance(value, bool | int):
        return str(value)
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else str(value)
    raise _invalid(key or "value", "must be text, a number or true/false")


def _check_count(items: object, field: str) -> None:
    if not isinstance(items, Mapping):
        raise _invalid(field, "must be an object of keys and values")
    if len(items) > MAX_ITEMS:
        raise _invalid(field, f"has more than {MAX_ITEMS:,} entries; send them in parts")


def _invalid(field: str, problem: str) -> Invalid:
    shown = ascii(field[:60])[1:-1]
    return Invalid("invalid_value", f"'{shown}' {problem}.", fields={shown: f"It {problem}."})

"""Descriptions and tags as people give them."""

from collections.abc import Mapping
from typing import Any, Protocol

from studio.errors import Invalid

MAX_DESCRIPTION = 20_000
MAX_TAGS = 100
MAX_KEY = 250
MAX_VALUE = 5_000


class Worded(Protocol):
    description: str
    tags: dict[str, str]


def description(text: str) -> str:
    """Raises Invalid for one that can't be kept."""
    if len(text) > MAX_DESCRIPTION or not _is_storable(text):
        raise Invalid(
            "bad_environment",
            f"A description is a text of up to {MAX_DESCRIPTION:,} characters.",
            fields={"description": "too long, or not text"},
        )
    return text.strip()


def tags(given: Mapping[str, Any]) -> dict[str, str]:
    """Raises Invalid for one that can't be kept."""
    if len(given) > MAX_TAGS:
        raise _bad(f"At most {MAX_TAGS} tags are kept.")
    return dict(_tag(str(key), value) for key, value in given.items())


def changed(worded: Worded, text: str | None, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """What an edit changes; a tag of None goes."""
    found: dict[str, Any] = {} if text is None else {"description": description(text)}
    if given:
        kept = {key: value for key, value in worded.tags.items() if key not in given}
        found["tags"] = tags({**kept, **{key: value for key, value in given.items() if value is not None}})
    return found


def _tag(key: str, value: Any) -> tuple[str, str]:
    text = value if isinstance(value, str) else "" if value is None else str(value)
    is_plain = not isinstance(value, Mapping | list)
    if not key.strip() or len(key) > MAX_KEY or len(text) > MAX_VALUE or not is_plain or not _is_storable(key + text):
        raise _bad(f"The tag {key[:40]!a} can't be kept: keys have up to {MAX_KEY} characters, values {MAX_VALUE:,}.")
    return key, text


def _is_storable(text: str) -> bool:
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bad(sentence: str) -> Invalid:
    return Invalid("bad_environment", sentence, fields={"tags": sentence})

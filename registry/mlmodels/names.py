"""What names, tags, aliases and numbers may be: MLflow's rules and its sentences, so that its clients know them."""

import json
import posixpath
import re
from collections.abc import Mapping

from studio.errors import Invalid

MAX_NAME = 255
MAX_KEY = 250
MAX_VALUE = 100_000
MAX_ALIAS = 255
MAX_DESCRIPTION = 100_000
LATEST = "latest"
_ALIAS = re.compile(r"[\w-]+")
_NUMBER_ALIAS = re.compile(r"[vV]\d+")
_KEY = re.compile(r"[/\w.\- :]+")


def model_name(name: str, *, parameter: str = "name") -> str:
    """A name that MLflow takes: not blank, no `/` or `:`, and no other name when read as a path."""
    if not name.strip():
        raise _invalid(parameter, f"Missing value for required parameter '{parameter}'.")
    if "/" in name or ":" in name:
        raise _invalid(parameter, f"Invalid model name '{name[:80]}'. Names cannot contain '/' or ':'.")
    if name in (".", ".."):
        raise _bad_path(parameter, name)
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise _invalid(parameter, f"Invalid model name {name[:80]!r}. Names cannot contain control characters.")
    _limit(parameter, name, MAX_NAME)
    return name


def tag(key: str, value: str) -> tuple[str, str]:
    if not key:
        raise _invalid("key", "Missing value for required parameter 'key'.")
    if not _KEY.fullmatch(key):
        message = (
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:)"
            " and slashes (/)."
        )
        raise _invalid("key", f"Invalid value {json.dumps(key[:80])} for parameter 'key' supplied: {message}")
    if _is_another_path(key):
        raise _bad_path("key", key)
    _limit("key", key, MAX_KEY)
    if key == "mlflow.prompt.text" and len(value) > MAX_VALUE:
        raise _invalid("value", f"Prompt text exceeds max length of {MAX_VALUE} characters.")
    _limit("value", value, MAX_VALUE)
    return key, value


def tags(given: Mapping[str, str]) -> dict[str, str]:
    return dict(tag(key, value) for key, value in given.items())


def alias(name: str) -> str:
    """A word for a version. `latest` and `v3` are not in it: they mean something already."""
    if not name:
        raise _invalid("alias", "Registered model alias name cannot be empty.")
    if not _ALIAS.fullmatch(name):
        message = "Names may only contain alphanumerics, underscores (_), and dashes (-)."
        raise _invalid("alias", f"Invalid alias name: '{name[:80]}'. {message}")
    if len(name) > MAX_ALIAS:
        raise _invalid("alias", f"'Registered model alias name' exceeds the maximum length of {MAX_ALIAS} characters")
    return name


def new_alias(name: str) -> str:
    """An alias that may be given."""
    alias(name)
    if name.lower() == LATEST:
        raise _invalid("alias", "'latest' alias name (case insensitive) is reserved.")
    if _NUMBER_ALIAS.fullmatch(name):
        raise _invalid("alias", f"Version alias name '{name}' is reserved.")
    return name


def number(text: str | int) -> int:
    """The number of a version as clients write it."""
    digits = str(text).strip()
    if not (digits.isascii() and digits.isdigit()):
        raise _invalid("version", f"Parameter 'version' must be an integer, got '{str(text)[:80]}'.")
    return min(int(digits[:10]), 2**31 - 1)


def description(text: str) -> str:
    _limit("description", text, MAX_DESCRIPTION)
    return text


def card(text: str) -> str:
    _limit("card", text, MAX_DESCRIPTION)
    return text


def _limit(parameter: str, text: str, most: int) -> None:
    if len(text) > most:
        raise _invalid(parameter, f"'{parameter}' exceeds the maximum length of {most} characters")


def _is_another_path(name: str) -> bool:
    plain = posixpath.normpath(name)
    return plain != name or plain == "." or plain.startswith(("..", "/"))


def _bad_path(parameter: str, name: str) -> Invalid:
    message = (
        "Names may be treated as files in certain cases, and must not resolve to other names when treated as such."
        f" This name would resolve to {posixpath.normpath(name)!r}"
    )
    return _invalid(parameter, f"Invalid value {json.dumps(name[:80])} for parameter '{parameter}' supplied: {message}")


def _invalid(parameter: str, message: str) -> Invalid:
    return Invalid("bad_model_value", message, fields={parameter: message})

"""Typed readers of the environment: the only place of the project that reads it.

Every reader takes the variable's name and a default and raises `ImproperlyConfigured` with one clear sentence when the
value can't be read. The variables are listed in docs/operations.md.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: give 1 or 0.")


def number(name: str, default: float) -> float:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}: give a number.") from None


def integer(name: str, default: int) -> int:
    return int(number(name, default))


def path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list, blanks dropped."""
    value = os.environ.get(name)
    if value is None:
        return default
    return [word.strip() for word in value.split(",") if word.strip()]


def folders(name: str) -> list[Path]:
    """A comma-separated list of absolute folders."""
    found = [Path(word) for word in words(name, [])]
    for folder in found:
        if not folder.is_absolute() or ".." in folder.parts:
            raise ImproperlyConfigured(f"{name} names {str(folder)!r}: give absolute folders, with commas between.")
    return found


def passed_on(names: set[str], prefixes: tuple[str, ...]) -> dict[str, str]:
    """The variables of these names or beginnings as they are: what a job's runner may know of our environment."""
    return {name: value for name, value in os.environ.items() if name in names or name.startswith(prefixes)}

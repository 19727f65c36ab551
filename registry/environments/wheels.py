"""Version pins as far as wheels exist: an old series that a newer Python has no wheels of gives way to the first that has.

A pin is a package and a series, ("scikit-learn", "1.0"); without a series any version will do.
"""

import re

# package → minor version of Python 3 → the first version with wheels for it (torch: with a torchvision that has, too). What is
# not here is pure Python, or has wheels for every Python.
FIRST: dict[str, dict[int, str]] = {
    "matplotlib": {11: "3.6.0", 12: "3.7.3", 13: "3.9.2", 14: "3.10.5"},
    "numpy": {11: "1.23.2", 12: "1.26.0", 13: "2.1.0", 14: "2.3.2"},
    "pandas": {11: "1.5.0", 12: "2.1.1", 13: "2.2.3", 14: "2.3.3"},
    "psutil": {11: "5.9.4", 12: "5.9.4", 13: "5.9.4", 14: "5.9.4"},
    "scikit-learn": {11: "1.1.3", 12: "1.3.1", 13: "1.5.2", 14: "1.7.2"},
    "scipy": {11: "1.9.2", 12: "1.11.2", 13: "1.14.1", 14: "1.16.1"},
    "tensorflow": {11: "2.12.0", 12: "2.16.1", 13: "2.20.0", 14: "2.22.0"},
    "torch": {11: "2.0.0", 12: "2.2.0", 13: "2.5.0", 14: "2.9.0"},
}
Pin = tuple[str, str]


def requirement(pin: Pin, python: str) -> tuple[str, str]:
    """The requirement of a pin for a Python ("3.11"), and the version it was lifted to, where it was."""
    name, series = pin
    if not re.fullmatch(r"\d+(\.\d+)*", series):
        return name + series, ""  # written out: "<2"
    first = _numbers(_first(name, python) or "0")
    asked = _numbers(series)
    same = first[: len(asked)]
    if same < asked:
        return f"{name}=={series}.*", ""
    text = ".".join(str(number) for number in first)
    upper = ".".join(str(number) for number in (*same[:-1], same[-1] + 1))
    return f"{name}>={text},<{upper}", "" if same == asked else text


def _first(name: str, python: str) -> str:
    known = FIRST.get(name, {})
    minor = _numbers(python)[1]
    return known.get(min(minor, max(known)), "") if known and minor >= min(known) else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))

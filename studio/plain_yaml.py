"""YAML that people write, as data: moderate in size and depth, and without anchors.

A few lines of anchors and merges can mean gigabytes, and a text of ten thousand brackets ends the whole process inside the
C parser. So the text is looked at as a stream of events before anything is built of it.
"""

from typing import Any

import yaml

MAX_DEPTH = 50
MAX_EVENTS = 200_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str | bytes) -> Any:
    """The value of a YAML text. Raises `yaml.YAMLError` for whatever can't be read as plain data."""
    try:
        _check(text)
        return yaml.load(text, Loader=LOADER)
    except (ValueError, RecursionError, OverflowError) as error:
        raise yaml.YAMLError(f"a value can't be read ({error})") from None


def _check(text: str | bytes) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("names of other places (*name) are not taken here")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError(f"it is nested deeper than {MAX_DEPTH} levels")
        if count > MAX_EVENTS:
            raise yaml.YAMLError(f"it has more than {MAX_EVENTS:,} parts")

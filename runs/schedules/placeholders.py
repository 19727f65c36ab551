"""`${{event.version}}` in the inputs of a schedule: what the firing knows, put in where it stands."""

import re
from collections.abc import Mapping
from typing import Any

from studio.errors import Invalid

PLACE = re.compile(r"\$\{\{\s*(event(?:\.[\w-]+)+|name|creation_context\.trigger_time)\s*\}\}")
MAX_DEPTH = 20


def filled(value: Any, event: Mapping[str, Any], depth: int = 0) -> Any:
    """The value with every placeholder replaced. Raises Invalid `unknown_event_field` for what the event lacks.

    A text that is one placeholder becomes the value itself, of its type; inside a longer text it becomes words.
    """
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, Mapping):
        return {key: filled(each, event, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, event, depth + 1) for each in value]
    if not isinstance(value, str):
        return value
    whole = PLACE.fullmatch(value.strip())
    if whole:
        return _found(whole[1], event)
    return PLACE.sub(lambda place: _words(_found(place[1], event)), value)


def stands_in(value: Any) -> bool:
    """Whether the value is known only when the schedule fires."""
    return isinstance(value, str) and PLACE.search(value) is not None


def _found(path: str, event: Mapping[str, Any]) -> Any:
    if path == "name":
        return event.get("job_name", "")
    if path == "creation_context.trigger_time":
        return event.get("time", "")
    found: Any = event
    for part in path.split(".")[1:]:
        if not isinstance(found, Mapping) or part not in found:
            known = ", ".join(str(each) for each in found) if isinstance(found, Mapping) else "nothing more"
            raise Invalid(
                "unknown_event_field",
                f"The event has no {path[:80]}: there it has {known[:200]}.",
                hint="Correct the inputs of the schedule.",
            )
        found = found[part]
    return found


def _words(value: Any) -> str:
    return value if isinstance(value, str) else str(value)

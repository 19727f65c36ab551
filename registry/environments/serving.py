"""What an environment says for serving and for every process in it: the routes of a container of its own, and variables."""

import re
from collections.abc import Mapping
from typing import Any

from studio.errors import Invalid

ROUTES = ("liveness_route", "readiness_route", "scoring_route")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}\Z")
MOST_VARIABLES = 200
LONGEST = 10_000
LAST_PORT = 65_535


def routes(value: Any) -> dict[str, dict[str, Any]]:
    """`inference_config` with whole routes: `{"scoring_route": {"port": 5001, "path": "/score"}}`. Raises Invalid."""
    if value in (None, "", {}):
        return {}
    if not isinstance(value, Mapping) or not set(value) <= {*ROUTES, "type"}:
        raise _wrong("inference_config", f"it holds {', '.join(ROUTES)}")
    return {name: _route(name, value[name]) for name in ROUTES if value.get(name)}


def variables(value: Any) -> dict[str, str]:
    """`environment_variables`, names and texts. Raises Invalid."""
    if value in (None, "", {}):
        return {}
    if not isinstance(value, Mapping) or len(value) > MOST_VARIABLES:
        raise _wrong("environment_variables", f"they are names and texts, at most {MOST_VARIABLES}")
    return {str(name): _text(str(name), text) for name, text in value.items()}


def _route(name: str, value: Any) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {}
    path, port = given.get("path"), given.get("port")
    is_path = isinstance(path, str) and path.startswith("/") and len(path) <= LONGEST and path.isprintable()
    try:
        number = int(str(port))
    except ValueError:
        number = 0
    if not is_path or not 0 < number <= LAST_PORT:
        raise _wrong("inference_config", f"{name} is a port and a path, such as {{port: 5001, path: /score}}")
    return {"port": number, "path": path}


def _text(name: str, value: Any) -> str:
    if not VARIABLE.match(name):
        raise _wrong("environment_variables", f"{name[:60]!r} can't name one")
    if name.startswith(("ATELIER_", "LD_")):
        raise _wrong("environment_variables", f"{name[:60]} is set by the studio itself")
    if isinstance(value, Mapping | list) or len(str(value)) > LONGEST or "\0" in str(value):
        raise _wrong("environment_variables", f"the value of {name} is a text of up to {LONGEST:,} characters")
    return str(value)


def _wrong(field: str, problem: str) -> Invalid:
    sentence = f"The environment's {field} can't be used: {problem}."
    return Invalid("invalid_environment", sentence, fields={field: sentence})

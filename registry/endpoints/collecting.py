"""What of requests and answers is kept, as a deployment file's `data_collector` says it."""

import re
from collections.abc import Mapping
from typing import Any

from registry.endpoints.names import bad

ROLLING = ("minute", "hour", "day")
MAX_COLLECTIONS = 20
_NAME = re.compile(r"[A-Za-z0-9_]{1,60}")


def collector(given: Any) -> dict[str, Any]:
    """`{"sampling_rate", "rolling_rate", "collections": {name: {"enabled"}}}`, or nothing. Raises Invalid."""
    if given in (None, {}):
        return {}
    if not isinstance(given, Mapping):
        raise bad("data_collector", "data_collector is a mapping.")
    collections = _collections(given.get("collections"))
    rates = [given.get("sampling_rate")] + [each.pop("sampling_rate") for each in collections.values()]
    rate = next((one for one in rates if one is not None), 1.0)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise bad("data_collector", "sampling_rate is a number from 0 to 1.")
    rolling = str(given.get("rolling_rate", "hour")).lower()
    if rolling not in ROLLING:
        raise bad("data_collector", f"rolling_rate is one of {', '.join(ROLLING)}.")
    return {"sampling_rate": float(rate), "rolling_rate": rolling, "collections": collections}


def _collections(given: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(given, Mapping) or len(given) > MAX_COLLECTIONS:
        raise bad("data_collector", f"collections is a mapping of at most {MAX_COLLECTIONS} names.")
    found = {}
    for name, value in given.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise bad("data_collector", f"{str(name)[:60]!r} is no name of a collection.")
        table = value if isinstance(value, Mapping) else {}
        enabled = table.get("enabled", True)
        is_on = str(enabled).lower() in ("true", "yes", "1")
        found[name] = {"enabled": is_on, "sampling_rate": table.get("sampling_rate")}
    return found

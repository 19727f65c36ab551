"""What of requests and answers is kept, as a deployment file's `data_collector` says it, and what is made of it."""

import re
from collections.abc import Mapping
from typing import Any

from registry.data import uris
from registry.endpoints.names import bad
from studio.errors import Invalid

ROLLING = ("minute", "hour", "day")
INPUTS, OUTPUTS, BOTH = "model_inputs", "model_outputs", "model_inputs_outputs"
REQUEST, RESPONSE = "request", "response"  # the payloads as they came
COLLECTIONS = (INPUTS, OUTPUTS, BOTH, REQUEST, RESPONSE)
USUAL = (INPUTS, OUTPUTS)  # what a report is made of
MAX_COLLECTIONS = 20
MAX_DAYS = 30
_NAME = re.compile(r"[A-Za-z0-9_]{1,60}")
_DRIFT_FIELDS = frozenset({"daily", "reference", "days"})


def collector(given: Any) -> dict[str, Any]:
    """`{"sampling_rate", "rolling_rate", "collections": {name: {"enabled"}}, "drift"}`, or nothing. Raises Invalid.

    `drift` is the studio's own: `{"daily": true, "reference": "azureml:cars:1", "days": 1}`.
    """
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
    found = {"sampling_rate": float(rate), "rolling_rate": rolling, "collections": collections}
    drift = _drift(given.get("drift"))
    return {**found, "drift": drift} if drift else found


def switched(*, share: float, is_daily: bool, reference: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """What the switch of the page and the command line mean: inputs and outputs, so much of the traffic; 0: nothing.

    What else the deployment's file chose stays. Raises Invalid.
    """
    collections = {name: dict(each) for name, each in (before.get("collections") or {}).items()}
    if not any(each.get("enabled") for each in collections.values()):
        collections |= {name: {"enabled": True} for name in USUAL}
    asked = {**before, "sampling_rate": share, "collections": collections}
    asked["drift"] = {**(before.get("drift") or {}), "daily": is_daily, "reference": reference}
    return collector(asked)


def sampled(kept: Mapping[str, Any]) -> dict[str, float] | None:
    """What the gateway is told: nothing when no collection is on."""
    rate = kept.get("sampling_rate", 0.0)
    return {"sampling_rate": rate} if rate and enabled(kept) else None


def enabled(kept: Mapping[str, Any]) -> list[str]:
    """The collections that are on, of those that the studio can fill."""
    collections = kept.get("collections") or {}
    return [name for name in COLLECTIONS if (collections.get(name) or {}).get("enabled")]


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


def _drift(given: Any) -> dict[str, Any]:
    if given in (None, {}):
        return {}
    if not isinstance(given, Mapping) or set(given) - _DRIFT_FIELDS:
        raise bad("data_collector", f"drift is a mapping of {', '.join(sorted(_DRIFT_FIELDS))}.")
    is_daily, days = given.get("daily", False), given.get("days", 1)
    if not isinstance(is_daily, bool):
        raise bad("data_collector", "daily is true or false.")
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MAX_DAYS:
        raise bad("data_collector", f"days is a whole number from 1 to {MAX_DAYS}.")
    return {"daily": is_daily, "reference": reference(given.get("reference", "")), "days": days}


def reference(given: Any) -> str:
    """A reference to a data asset, such as azureml:cars:1; empty: the data the model learnt from. Raises Invalid."""
    if given in (None, ""):
        return ""
    if not isinstance(given, str) or len(given) > 400:
        raise bad("reference", "reference names a data asset, such as azureml:cars:1.")
    try:
        return str(uris.asset_ref(given))
    except Invalid:
        raise bad("reference", f"{given[:80]!r} names no data asset.", hint="Such as azureml:cars:1.") from None

"""What a device says of itself, made plain: nothing of it is trusted, everything is cut to size."""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from registry.edge import names
from studio.errors import Invalid

STATES = ("fetching", "starting", "running", "unhealthy", "waiting", "stopped", "failed", "rolled_back")
KINDS = (
    "Fetching", "Fetched", "Started", "Ready", "Unhealthy", "Exited", "Restarted", "Stopped", "Removed", "Failed", "RolledBack",
    "AgentStarted", "EngineAway", "EngineBack",
)  # fmt: skip
TEXTS = {"host": 100, "os": 100, "architecture": 20, "agent": 40, "engine": 40}
NUMBERS = ("cpus", "memory", "disk")
FIGURES = ("cpu", "memory", "memory_total", "disk", "disk_total", "uptime")
MOST_MODULES = 100
MOST_EVENTS = 50
TEXT = 1000
MOST_COUNT = 10**9
LARGEST = 1e18
OLDEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Said:
    """An event as a device told it."""

    kind: str
    module: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One report of an agent."""

    revision: int
    facts: dict[str, Any]
    modules: dict[str, dict[str, Any]]
    telemetry: dict[str, Any]
    events: list[Said]


def report(given: Mapping[str, Any]) -> Report:
    """A report as it is kept. Raises Invalid for one that has not the shape of one."""
    return Report(
        revision=int(given["revision"]),
        facts=facts(given.get("facts") or {}),
        modules=_modules(given.get("modules") or {}),
        telemetry=_telemetry(given.get("telemetry") or {}),
        events=_events(given.get("events") or []),
    )


def facts(given: Any) -> dict[str, Any]:
    """What kind of machine it is."""
    table = _mapping(given, "facts")
    found: dict[str, Any] = {name: _text(table[name], most) for name, most in TEXTS.items() if table.get(name)}
    return found | {name: _number(table[name]) for name in NUMBERS if name in table}


def _modules(given: Any) -> dict[str, dict[str, Any]]:
    table = _mapping(given, "modules")
    if len(table) > MOST_MODULES:
        raise _bad("modules", f"A report tells of at most {MOST_MODULES} modules.")
    return {_name(name): _module(_mapping(value, "modules")) for name, value in table.items()}


def _module(said: Mapping[str, Any]) -> dict[str, Any]:
    state = said.get("state")
    if state not in STATES:
        raise _bad("modules", f"The state of a module is one of {', '.join(STATES)}.")
    since = _moment(said.get("since"))
    return {
        "state": state,
        "image": _text(said.get("image"), 200),
        "version": _count(said.get("version")),
        "generation": _count(said.get("generation")),
        "since": since.isoformat() if since else "",
        "restarts": _count(said.get("restarts")),
        "problem": _text(said.get("problem"), TEXT),
    }


def _telemetry(given: Any) -> dict[str, Any]:
    table = _mapping(given, "telemetry")
    found: dict[str, Any] = {name: _number(table[name]) for name in FIGURES if name in table}
    modules = _mapping(table.get("modules") or {}, "telemetry")
    if len(modules) > MOST_MODULES:
        raise _bad("telemetry", f"A report tells of at most {MOST_MODULES} modules.")
    found["modules"] = {_name(name): _figures(_mapping(value, "telemetry")) for name, value in modules.items()}
    return found


def _figures(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _number(said[name]) for name in ("cpu", "memory") if name in said}


def _events(given: Any) -> list[Said]:
    if not isinstance(given, list) or len(given) > MOST_EVENTS:
        raise _bad("events", f"events is a list of at most {MOST_EVENTS}.")
    return [_event(_mapping(one, "events")) for one in given]


def _event(said: Mapping[str, Any]) -> Said:
    kind, now = said.get("kind"), timezone.now()
    if kind not in KINDS:
        raise _bad("events", f"{str(kind)[:40]!r} is no kind of event.")
    at = _moment(said.get("at")) or now
    # A device whose clock is wrong does not write history.
    at = min(max(at, now - OLDEST), now)
    module = said.get("module")
    return Said(str(kind), _name(module) if module else "", _text(said.get("detail"), TEXT), at)


def _name(given: Any) -> str:
    try:
        return names.module_name(given)
    except Invalid:
        raise _bad("modules", f"{str(given)[:40]!r} is no name of a module.") from None


def _mapping(given: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise _bad(field, f"{field} has not the shape of a report.")
    return given


def _text(given: Any, most: int) -> str:
    """A text without what could confuse whoever reads it."""
    if not isinstance(given, str):
        return ""
    kept = (" " if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else one for one in given[: most * 2])
    return " ".join("".join(kept).split())[:most]


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return 0
    return round(min(max(given, 0), LARGEST), 3)


def _count(given: Any) -> int:
    return int(min(_number(given), MOST_COUNT))


def _moment(given: Any) -> datetime | None:
    if not isinstance(given, str) or len(given) > 40:
        return None
    try:
        found = parse_datetime(given)
        return found.astimezone(timezone.get_default_timezone()) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _bad(field: str, message: str) -> Invalid:
    return Invalid("bad_report", message, fields={field: message})

"""The table as it is said: JSON, checked whole before anything of it counts."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

DEFAULT_TIMEOUT_MS = 5_000
DEFAULT_QUEUE_MS = 500
DEFAULT_CONCURRENT = 1
AUTH_MODES = ("key", "aml_token")


class BadTable(ValueError):
    """What came is no table."""


class Place(NamedTuple):
    """Where an instance is reached."""

    host: str
    port: int
    socket: str  # in the file system, for one on this machine; tried first; empty: none


@dataclass(frozen=True, slots=True)
class SaidDeployment:
    id: int
    name: str
    instances: dict[tuple[int, str], Place]  # by id and address
    wanted: int
    timeout: float  # seconds
    queue_seconds: float
    limit: int  # requests that one instance gets at a time
    routes: frozenset[bytes]  # paths of its own beside those that every deployment has
    sampling: float  # the share of requests that are kept for the studio, 0 to 1


@dataclass(frozen=True, slots=True)
class SaidEndpoint:
    id: int
    name: str  # workspace/endpoint
    auth_mode: str
    keys: frozenset[bytes]
    token_secret: str
    deployments: dict[str, SaidDeployment]
    traffic: dict[str, int] = field(default_factory=dict)
    mirror: dict[str, int] = field(default_factory=dict)


def read(raw: bytes) -> tuple[str, list[SaidEndpoint]]:
    """The stamp and the endpoints. Raises BadTable."""
    try:
        said = json.loads(raw)
        return str(said["stamp"]), [_endpoint(name, each) for name, each in said["endpoints"].items()]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadTable(f"{type(error).__name__}: {error}") from error


def _endpoint(name: str, said: Mapping[str, Any]) -> SaidEndpoint:
    if name.count("/") != 1 or not name.isascii() or not all(word.isascii() for word in said["deployments"]):
        raise BadTable(f"{name!r} is no workspace/endpoint, or has names that are none")
    if said["auth_mode"] not in AUTH_MODES:
        raise BadTable(f"{said['auth_mode']!r} is no way to sign in")
    return SaidEndpoint(
        id=_integer(said["id"]),
        name=name,
        auth_mode=said["auth_mode"],
        keys=frozenset(bytes.fromhex(key) for key in said["keys"] if key),
        token_secret=str(said.get("token_secret") or ""),
        deployments={word: _deployment(word, each) for word, each in said["deployments"].items()},
        traffic=_shares(said.get("traffic")),
        mirror=_shares(said.get("mirror")),
    )


def _deployment(name: str, said: Mapping[str, Any]) -> SaidDeployment:
    settings = said.get("request_settings") or {}
    limit = said.get("max_concurrent") or settings.get("max_concurrent_requests_per_instance") or DEFAULT_CONCURRENT
    return SaidDeployment(
        id=_integer(said["id"]),
        name=name,
        instances={
            (_integer(each["id"]), str(each["address"])): _place(str(each["address"]), str(each.get("socket") or ""))
            for each in said["instances"]
        },
        wanted=_integer(said.get("wanted", 1)),
        timeout=_seconds(settings.get("request_timeout_ms"), DEFAULT_TIMEOUT_MS),
        queue_seconds=_seconds(settings.get("max_queue_wait_ms"), DEFAULT_QUEUE_MS),
        limit=max(1, _integer(limit)),
        routes=frozenset(str(route).encode("ascii") for route in said.get("routes") or ()),
        sampling=_share(said.get("collector")),
    )


def _shares(said: Mapping[str, Any] | None) -> dict[str, int]:
    found = {name: _integer(share) for name, share in (said or {}).items()}
    if any(share < 0 for share in found.values()):
        raise BadTable("a share is negative")
    return {name: share for name, share in found.items() if share}


def _share(said: Mapping[str, Any] | None) -> float:
    rate = said["sampling_rate"] if said else 0
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise BadTable(f"{rate!r} is no share of requests")
    return float(rate)


def _place(address: str, socket: str) -> Place:
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise BadTable(f"{address!r} is no host:port")
    return Place(host.strip("[]"), int(port), socket)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadTable(f"{value!r} is no whole number")
    return value


def _seconds(value: Any, default: int) -> float:
    found = default if value is None else value
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found) or found < 0:
        raise BadTable(f"{found!r} are no milliseconds")
    return float(found) / 1000

"""How a module is run on its device: variables, port, limits, what happens when it ends."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from registry.edge.names import bad

RESTARTS = ("always", "on-failure", "never")
# Reached from the device alone, or from its network: the runtime asks nobody for a key.
ADDRESSES = ("127.0.0.1", "0.0.0.0")
MAX_VARIABLES = 100
MAX_VARIABLE = 8_000
MAX_ALL_VARIABLES = 32_000
MAX_CPUS = 1024
LEAST_MEMORY, MOST_MEMORY = 32 * 1024**2, 2**44
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


@dataclass(frozen=True, slots=True)
class Options:
    """`port` is one of the device's, 0 for none; zero CPUs or bytes of memory: no limit."""

    environment_variables: dict[str, str] = field(default_factory=dict)
    port: int = 0
    address: str = ADDRESSES[0]
    cpus: float = 0.0
    memory: int = 0
    restart: str = RESTARTS[0]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value}
        return cls(**known)


def changed(before: Options, given: Mapping[str, Any]) -> Options:
    """`before` with what is given; what is None or left out stays. Raises Invalid."""
    readers = {
        "environment_variables": variables,
        "port": _port,
        "address": _address,
        "cpus": _cpus,
        "memory": _memory,
        "restart": _restart,
    }
    found = before.to_json()
    for name, read in readers.items():
        if given.get(name) is not None:
            found[name] = read(given[name])
    return Options(**found)


def variables(given: Any) -> dict[str, str]:
    """Environment variables as texts. Raises Invalid."""
    where = "environment_variables"
    if not isinstance(given, Mapping):
        raise bad(where, "environment_variables is a mapping of names to texts.")
    if len(given) > MAX_VARIABLES:
        raise bad(where, f"A module has at most {MAX_VARIABLES} environment variables.")
    found = {str(name): _text(str(name), value) for name, value in given.items()}
    if sum(len(name) + len(value) for name, value in found.items()) > MAX_ALL_VARIABLES:
        raise bad(where, f"All environment variables together have at most {MAX_ALL_VARIABLES:,} characters.")
    return found


def _text(name: str, value: Any) -> str:
    where = "environment_variables"
    if not _VARIABLE.fullmatch(name):
        raise bad(where, f"{name[:60]!r} is no name of an environment variable.")
    if value is None or isinstance(value, Mapping | list):
        raise bad(where, f"The value of {name[:60]} is no text.")
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    if len(text) > MAX_VARIABLE or "\0" in text:
        raise bad(where, f"The value of {name[:60]} is too long, or holds a zero byte.")
    return text


def _port(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 65_535:
        raise bad("port", "A port is a whole number from 1 to 65535; 0 for none.")
    return given


def _address(given: Any) -> str:
    if given not in ADDRESSES:
        raise bad(
            "address",
            f"{str(given)[:40]!r} is no address to listen on.",
            hint="127.0.0.1 for the device alone, 0.0.0.0 for its network.",
        )
    return str(given)


def _cpus(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not (given == 0 or 0.05 <= given <= MAX_CPUS):
        raise bad("cpus", "cpus is a number from 0.05 on, such as 1.5; 0 for no limit.")
    return float(given)


def _memory(given: Any) -> int:
    """Bytes, or a text such as 512M."""
    match = _SIZE.fullmatch(str(given).strip()) if not isinstance(given, bool) and str(given).isascii() else None
    size = int(float(match[1]) * _UNITS[match[2].lower()]) if match else -1
    if size and not LEAST_MEMORY <= size <= MOST_MEMORY:
        raise bad("memory", "memory is a size from 32M on, such as 512M or 2G; 0 for no limit.")
    return size


def _restart(given: Any) -> str:
    if given not in RESTARTS:
        raise bad("restart", f"{str(given)[:40]!r} is no rule for restarts.", hint=f"Give {', '.join(RESTARTS)}.")
    return str(given)

"""How traffic is shared between deployments, as a bar and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.endpoints.models import Deployment, Endpoint
from registry.endpoints.pages import frame


@dataclass(frozen=True, slots=True)
class Share:
    """One deployment's part of the traffic; `start` is where its piece of the bar begins."""

    name: str
    slot: int
    percent: int
    start: int
    mirrored: int  # percent of the requests that it gets a copy of


def shares(endpoint: Endpoint, deployments: Sequence[Deployment]) -> list[Share]:
    """Every deployment by name with its part; those without traffic too."""
    slots = frame.slots([one.name for one in deployments])
    found, start = [], 0
    for one in deployments:
        percent = percent_of(endpoint.traffic, one.name)
        mirrored = percent_of(endpoint.mirror_traffic, one.name)
        found.append(Share(one.name, slots[one.name], percent, start, mirrored))
        start += percent
    return found


def percent_of(traffic: Mapping[str, object], name: str) -> int:
    value = traffic.get(name, 0)
    return value if isinstance(value, int) else 0


def words(traffic: Mapping[str, object]) -> str:
    """`blue 90 %, green 10 %`; without any, "no traffic"."""
    parts = [(name, percent_of(traffic, name)) for name in traffic]
    return ", ".join(f"{name} {percent} %" for name, percent in parts if percent) or "no traffic"

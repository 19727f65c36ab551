"""The hosts an operator allows: names, addresses and networks, each alone or with a port."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one setting names. A port of None stands for every port."""

    names: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[tuple[Network, int | None], ...] = field(default=())

    def has_name(self, host: str, port: int | None) -> bool:
        """Whether the host is named as it is written, alone or with this port."""
        host = host.lower()
        return bool(host) and not self.names.isdisjoint({(host, None), (host, port)})

    def networks_of(self, address: Address, port: int | None) -> list[Network]:
        """The networks that were named and hold this address."""
        return [net for net, at in self.networks if at in (None, port) and address in net]


@lru_cache(maxsize=32)
def read(entries: frozenset[str]) -> Allowed:
    """`minio.internal`, `minio.internal:9000`, `10.0.0.7:9000`, `10.1.0.0/16`, `[::1]:5432`."""
    names, networks = set(), []
    for entry in sorted(entries):
        host, port = _split(entry.lower())
        # Written as it is, an address is a name too: that is how it stands in a URL.
        names.add((host, port))
        network = _network(host)
        if network is not None:
            networks.append((network, port))
    return Allowed(frozenset(names), tuple(networks))


def setting(entries: Iterable[str]) -> frozenset[str]:
    return frozenset(entry.lower() for entry in entries)


def _split(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        host, _, port = entry[1:].partition("]")
        return host, int(port[1:]) if port[1:].isdigit() else None
    host, _, port = entry.rpartition(":")
    # More than one colon without brackets: an IPv6 address or network.
    return (host, int(port)) if port.isdigit() and ":" not in host and host else (entry, None)


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None

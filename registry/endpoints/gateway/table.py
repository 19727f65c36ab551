"""The table in use: a new one takes the place of the last at once, and what lives on keeps its connections and its turn."""

from registry.endpoints.gateway.choosing import SILVER, Evenly, bounds
from registry.endpoints.gateway.counting import Counter
from registry.endpoints.gateway.instances import Deployment
from registry.endpoints.gateway.said import SaidEndpoint, read


class Endpoint:
    """One address."""

    __slots__ = (
        "auth_mode", "bounds", "chosen", "deployments", "id", "keys", "mirror", "mirror_share", "mirror_turn", "name",
        "token_secret", "turn", "workspace",
    )  # fmt: skip

    def __init__(self, said: SaidEndpoint, deployments: dict[str, Deployment], before: "Endpoint | None") -> None:
        self.id = said.id
        self.name = said.name
        self.workspace = said.name.partition("/")[0]
        self.auth_mode = said.auth_mode
        self.keys = said.keys
        self.token_secret = said.token_secret
        self.deployments = {name.encode("ascii"): deployment for name, deployment in deployments.items()}
        shares = {name: share for name, share in said.traffic.items() if name in deployments}
        self.chosen = [deployments[name] for name in shares]
        self.bounds = bounds(list(shares.values()))
        mirrored = next(((name, share) for name, share in said.mirror.items() if name in deployments), None)
        self.mirror = deployments[mirrored[0]] if mirrored else None
        self.mirror_share = mirrored[1] / 100 if mirrored else 0.0
        self.turn: Evenly = before.turn if before else Evenly()
        self.mirror_turn: Evenly = before.mirror_turn if before else Evenly(SILVER)

    def choose(self) -> Deployment | None:
        """The deployment whose turn it is; None when none gets traffic."""
        chosen = self.chosen
        if len(chosen) < 2:
            return chosen[0] if chosen else None
        value = self.turn.next()
        for deployment, end in zip(chosen, self.bounds, strict=True):
            if value < end:
                return deployment
        return chosen[-1]

    def mirror_of(self, chosen: Deployment) -> Deployment | None:
        """Who gets a copy of this request, if anybody does."""
        if self.mirror is None or self.mirror is chosen or self.mirror_turn.next() >= self.mirror_share:
            return None
        return self.mirror


class Table:
    """All endpoints by `workspace/endpoint`."""

    __slots__ = ("deployments", "endpoints", "keys", "raw", "stamp")

    def __init__(
        self, stamp: str, endpoints: dict[bytes, Endpoint], deployments: dict[int, Deployment], raw: bytes
    ) -> None:
        self.stamp = stamp
        self.endpoints = endpoints
        self.deployments = deployments
        self.raw = raw
        # Whose key it is, for one that is used where it does not fit.
        self.keys = {key: endpoint for endpoint in endpoints.values() for key in endpoint.keys}


def empty() -> Table:
    return Table("", {}, {}, b"")


def successor(raw: bytes, before: Table, counter: Counter) -> tuple[Table, list[Deployment]]:
    """The table in `raw` in the place of `before`, and the deployments that are gone. Raises BadTable, and then nothing
    has changed."""
    stamp, said = read(raw)
    earlier = {endpoint.id: endpoint for endpoint in before.endpoints.values()}
    endpoints: dict[bytes, Endpoint] = {}
    deployments: dict[int, Deployment] = {}
    for each in said:
        behind = {}
        for name, one in each.deployments.items():
            found = before.deployments.get(one.id) or Deployment(one.id, counter.of(one.id, each.name, name))
            found.adopt(one)
            behind[name] = deployments[one.id] = found
        endpoints[each.name.encode()] = Endpoint(each, behind, earlier.get(each.id))
    gone = [deployment for identity, deployment in before.deployments.items() if identity not in deployments]
    counter.forget(set(deployments))
    return Table(stamp, endpoints, deployments, raw), gone

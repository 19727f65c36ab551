"""Deployments and their instances: who is asked next, who waits, and which connections are kept."""

from collections import deque
from typing import TYPE_CHECKING

from registry.endpoints.gateway.counting import Counts
from registry.endpoints.gateway.said import Place, SaidDeployment

if TYPE_CHECKING:
    from registry.endpoints.gateway.caller import Caller
    from registry.endpoints.gateway.wire import Wire

FIRST_REST, LONGEST_REST = 0.1, 2.0  # seconds that an instance which refused is left alone
MAX_WAITING = 1_000


class Instance:
    """One process or container, as the gateway reaches it."""

    __slots__ = ("address", "id", "idle", "is_gone", "name", "open", "place", "rest", "rests_until")

    def __init__(self, identity: int, address: str, place: Place) -> None:
        self.id = identity
        self.address = address
        self.name = address.encode("ascii")
        self.place = place
        self.open = 0  # requests it has now
        self.idle: list[Wire] = []
        self.is_gone = False  # out of the table: finishes what it has
        self.rest = FIRST_REST
        self.rests_until = 0.0

    def refused(self, now: float) -> None:
        """No connection could be made: leave it alone for a moment, longer each time."""
        if now < self.rests_until:
            return
        self.rests_until = now + self.rest
        self.rest = min(self.rest * 2, LONGEST_REST)
        self.drop_idle()

    def answered(self) -> None:
        self.rest, self.rests_until = FIRST_REST, 0.0

    def leave(self) -> None:
        self.is_gone = True
        self.drop_idle()

    def drop_idle(self) -> None:
        idle, self.idle = self.idle, []
        for wire in idle:
            wire.close()


class Deployment:
    """What all tables that name it share: its instances, who waits, its counts."""

    __slots__ = (
        "counts", "id", "instances", "limit", "name", "queue_seconds", "recovers", "routes", "sampling", "timeout",
        "turn", "waiting", "wanted", "wished_at",
    )  # fmt: skip

    def __init__(self, identity: int, counts: Counts) -> None:
        self.id = identity
        self.counts = counts
        self.name = counts.name.encode("ascii")
        self.instances: list[Instance] = []
        self.waiting: deque[Caller] = deque()
        self.wished_at = -60.0
        self.turn = 0
        self.recovers = False  # nobody was there; those who waited for that are served now
        self.timeout = self.queue_seconds = 0.0
        self.limit = self.wanted = 1
        self.routes: frozenset[bytes] = frozenset()
        self.sampling = 0.0  # the share of requests that are kept

    def adopt(self, said: SaidDeployment) -> None:
        """Be as a new table says. Instances that are still named keep their connections."""
        self.timeout, self.queue_seconds, self.limit = said.timeout, said.queue_seconds, said.limit
        self.routes, self.sampling, self.wanted = said.routes, said.sampling, said.wanted
        known = {(instance.id, instance.address): instance for instance in self.instances}
        self.instances = [
            known.pop(key) if key in known else Instance(key[0], key[1], place) for key, place in said.instances.items()
        ]
        for instance in known.values():
            instance.leave()

    def pick(self, now: float) -> Instance | None:
        """The instance with the fewest open requests of those that take one more; of equal ones each in its turn."""
        found, fewest = None, self.limit
        instances = self.instances
        if len(instances) > 1:
            self.turn = (self.turn + 1) % len(instances)
            instances = instances[self.turn :] + instances[: self.turn]
        for instance in instances:
            if instance.open < fewest and instance.rests_until <= now:
                found, fewest = instance, instance.open
        return found

    @property
    def is_full(self) -> bool:
        """Somebody answers, but has no room; otherwise nobody is there."""
        return any(not instance.rests_until for instance in self.instances)

    def serve_waiting(self, now: float) -> None:
        """Give those who wait, first come first served, to whoever takes them."""
        while self.waiting:
            instance = self.pick(now)
            if instance is None:
                return
            self.waiting.popleft().go(instance)
        self.recovers = False

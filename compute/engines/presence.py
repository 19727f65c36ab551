"""Whether an engine is there. The worker looks; pages and the dispatcher read what it saw and never wait for an engine."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from compute.engines import opening
from compute.engines.models import Engine
from studio.access.models import Workspace
from studio.live import topics
from studio.live.publish import publish

# What was seen longer ago than this says nothing any more.
FRESH = timedelta(seconds=90)
LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Presence:
    """An engine as the worker last saw it. `problem` is a sentence, empty unless the engine is away."""

    state: str
    problem: str = ""
    version: str = ""
    checked_at: datetime | None = None
    since: datetime | None = None
    gpus: bool = False

    @property
    def is_up(self) -> bool:
        return self.state == Engine.State.UP

    @property
    def is_down(self) -> bool:
        return self.state == Engine.State.DOWN


def look(address: str = "", tls: opening.Credentials | None = None) -> Presence:
    """Ask the engine and keep what it said. For workers: it may take some seconds."""
    try:
        client = opening.client(address, tls, seconds=LOOK_SECONDS)
    except opening.EngineAway as error:
        return _kept(address, Engine.State.DOWN, problem=str(error))
    try:
        told = client.info()
    except opening.AWAY:  # also APIError: an engine that can't tell of itself takes no work
        return _kept(address, Engine.State.DOWN, problem=f"{opening.words_of(address)} does not answer.")
    finally:
        client.close()
    return _kept(address, Engine.State.UP, version=str(told.get("ServerVersion") or ""), facts=_facts(told))


def state_of(address: str = "") -> Presence:
    """What is known of an engine, from its row alone; `unknown` when nobody has looked for a while."""
    row = Engine.objects.filter(address=address).first()
    if row is None or row.checked_at is None or row.checked_at < timezone.now() - FRESH:
        return Presence(Engine.State.UNKNOWN)
    return _shown(row)


def why_away(address: str = "") -> str:
    """A sentence while the engine is known to be away, else nothing: who does not know tries."""
    return state_of(address).problem


def _kept(
    address: str, state: str, *, version: str = "", facts: dict[str, object] | None = None, problem: str = ""
) -> Presence:
    now = timezone.now()
    row, is_new = Engine.objects.get_or_create(address=address, defaults={"changed_at": now})
    changed = Engine.objects.filter(~Q(state=state), pk=row.pk).update(state=state, changed_at=now)
    values: dict[str, object] = {"checked_at": now, "problem": problem[:500]}
    if state == Engine.State.UP:
        values |= {"version": version[:60], "facts": facts or {}}
    Engine.objects.filter(pk=row.pk, state=state).update(**values)
    if changed and not is_new:
        _tell()
    row.refresh_from_db()
    return _shown(row)


def _tell() -> None:
    """Pages that show what waits for an engine look again."""
    for slug in Workspace.objects.values_list("slug", flat=True):
        publish(topics.workspace(slug), "compute")


def _facts(told: dict[str, object]) -> dict[str, object]:
    runtimes = told.get("Runtimes")
    return {
        "cpus": told.get("NCPU"),
        "memory": told.get("MemTotal"),
        "architecture": told.get("Architecture"),
        "system": told.get("OperatingSystem"),
        "runtimes": sorted(runtimes) if isinstance(runtimes, dict) else [],
    }


def _shown(row: Engine) -> Presence:
    return Presence(
        state=row.state,
        problem=row.problem if row.state == Engine.State.DOWN else "",
        version=row.version,
        checked_at=row.checked_at,
        since=row.changed_at,
        gpus="nvidia" in (row.facts or {}).get("runtimes", []),
    )

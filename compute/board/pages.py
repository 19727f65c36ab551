"""What the compute page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from compute.backends.registry import BACKENDS, why_not_ready
from compute.engines.presence import Presence
from compute.jobs import handlers, queries
from compute.jobs.models import Job
from compute.targets import definitions
from compute.targets.models import ComputeTarget
from studio import access
from studio.access import Permission
from studio.access.models import Workspace

# So many waiting jobs are listed; the rest is a number.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job of this workspace: where it stands and why."""

    job: Job
    url: str
    place: int = 0  # in the queue, from 1; 0 for a job that runs
    why: str = ""


@dataclass(frozen=True, slots=True)
class TargetCard:
    """One target with what this workspace may see of it."""

    target: ComputeTarget
    backend: str
    problem: str  # why its backend can't be used, if so
    busy: int
    running: list[JobRow]
    running_elsewhere: int
    waiting: list[JobRow]
    waiting_more: int  # of this workspace, beyond the listed ones
    waiting_elsewhere: int
    can_manage: bool
    seen: Presence | None = None  # the engine it runs on
    words: str = ""  # what a job gets there
    away: str = ""  # why nothing starts there now, a sentence
    can_edit: bool = False  # its backend has settings that people make

    @property
    def slots(self) -> range:
        """One entry for each slot, for the meter."""
        return range(max(self.target.slots, self.busy))

    @property
    def queued(self) -> int:
        return len(self.waiting) + self.waiting_more + self.waiting_elsewhere

    @property
    def state(self) -> str:
        """In one word: unavailable, away, paused, full or free."""
        if self.problem:
            return "unavailable"
        if self.away:
            return "away"
        if self.target.is_paused:
            return "paused"
        return "full" if self.busy >= self.target.slots else "free"


@dataclass(frozen=True, slots=True)
class Board:
    cards: list[TargetCard]
    can_create: bool = False


def board(request: HttpRequest, workspace: Workspace) -> Board:
    """Every target of the workspace, its own and the shared ones."""
    targets = access.visible(request, ComputeTarget)
    manageable = _manageable(request)
    cards = [card(target, workspace, can_manage=target.pk in manageable) for target in targets]
    can_create = access.allows(request, Permission.COMPUTE_MANAGE, workspace) and bool(definitions.kinds())
    return Board(cards, can_create)


def one_card(request: HttpRequest, target: ComputeTarget, workspace: Workspace) -> TargetCard:
    return card(target, workspace, can_manage=target.pk in _manageable(request))


def card(target: ComputeTarget, workspace: Workspace, *, can_manage: bool) -> TargetCard:
    """A target as the people of `workspace` see it: jobs of other workspaces are only counted."""
    plugin = BACKENDS.find(target.kind)
    busy = queries.busy_slots(target)
    live = list(queries.live_jobs(target).select_related("created_by"))
    queue = list(queries.queue_of(target).select_related("created_by").defer("spec", "message"))
    own_live = [job for job in live if job.workspace_id == workspace.pk]
    places = [(place, job) for place, job in enumerate(queue) if job.workspace_id == workspace.pk]
    urls = _urls([*own_live, *(job for _, job in places[:SHOWN])])
    waiting = [
        JobRow(
            job=job,
            url=urls.get(job.pk, ""),
            place=place + 1,
            why=queries.reason_for(job=job, target=target, busy=busy, ahead=place),
        )
        for place, job in places[:SHOWN]
    ]
    return TargetCard(
        target=target,
        backend=plugin.implementation.label if plugin.is_available else target.kind,
        # Why is in the server's log: an exception may name paths that are nobody's business here.
        problem="" if plugin.is_available else "its backend is not installed or does not load",
        busy=busy,
        running=[JobRow(job=job, url=urls.get(job.pk, "")) for job in own_live],
        running_elsewhere=len(live) - len(own_live),
        waiting=waiting,
        waiting_more=len(places) - len(waiting),
        waiting_elsewhere=len(queue) - len(places),
        can_manage=can_manage,
        seen=plugin.implementation().seen(target.settings) if plugin.is_available else None,
        words=plugin.implementation().words(target.settings) if plugin.is_available else "",
        away=why_not_ready(target.kind, target.settings),
        can_edit=can_manage and not target.is_shared and target.kind in definitions.kinds(),
    )


def _manageable(request: HttpRequest) -> set[int]:
    return set(access.visible(request, ComputeTarget, Permission.COMPUTE_MANAGE).values_list("pk", flat=True))


def _urls(jobs: Sequence[Job]) -> dict[int, str]:
    """Where each job's owner shows it, asked once for each kind."""
    found: dict[int, str] = {}
    for kind in {job.kind for job in jobs}:
        found.update(handlers.of(kind).pages([job for job in jobs if job.kind == kind]))
    return found

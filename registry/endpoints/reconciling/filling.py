"""Starting what is missing in the slots of a revision, with growing pauses where starts keep failing."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from registry.endpoints import state
from registry.endpoints.deployers.base import DeployerUnavailable
from registry.endpoints.models import DeploymentRevision, Instance
from registry.endpoints.reconciling.scene import Scene
from registry.endpoints.services import telling

State = Instance.State
LONGEST_PAUSE = 60.0
# One that lived longer than this did not die of its start.
STABLE = timedelta(minutes=2)
REMEMBERED = 10


def fill(scene: Scene, revision: DeploymentRevision, count: int) -> list[str]:
    """Start what is missing in the slots below `count`; answers why some wait, one sentence each."""
    taken = {instance.slot: instance for instance in scene.of(revision)}
    waiting = []
    for slot in range(count):
        present = taken.get(slot)
        if present is None:
            pause = _pause(revision, slot, scene.now)
            if pause.until is None or pause.until <= scene.now:
                present = _create(scene, revision, slot)
            else:
                seconds = (pause.until - scene.now).total_seconds()
                waiting.append(f"Instance {slot}: {pause.problem} It is started again in {seconds:.0f} s.")
        if present is not None and present.ref is None and present.state == State.STARTING:
            _start(scene, present)
    return waiting


def failures_of(revision: DeploymentRevision) -> list[Instance]:
    """The instances of a revision that failed, the last one first."""
    rows = Instance.objects.filter(revision=revision, state=State.FAILED)
    return list(rows.order_by("-pk")[:REMEMBERED])


class _Pause:
    def __init__(self, until: datetime | None = None, problem: str = "") -> None:
        self.until = until
        self.problem = problem


def _pause(revision: DeploymentRevision, slot: int, now: datetime) -> _Pause:
    """Until when the slot stays empty: the first restart is at once, then 2, 4, 8 … seconds after the last end."""
    rows = Instance.objects.filter(revision=revision, slot=slot).order_by("-attempt")[:REMEMBERED]
    count, last = 0, None
    for instance in rows:
        ended = instance.ended_at or now
        if instance.state != State.FAILED:
            break
        last = last or instance
        if ended - instance.started_at > STABLE:
            break
        count += 1
    if last is None or count < 2:
        return _Pause()
    pause = min(2.0 ** (count - 1), LONGEST_PAUSE)
    return _Pause((last.ended_at or now) + timedelta(seconds=pause), last.problem)


def _create(scene: Scene, revision: DeploymentRevision, slot: int) -> Instance | None:
    top = Instance.objects.filter(revision=revision, slot=slot).aggregate(top=Max("attempt"))["top"] or 0
    try:
        with transaction.atomic():
            made = Instance.objects.create(revision=revision, slot=slot, attempt=top + 1, started_at=timezone.now())
    except IntegrityError:
        return None  # another ticker was faster
    scene.alive.append(made)
    return made


def _start(scene: Scene, instance: Instance) -> None:
    state.keep(scene.deployment.pk)
    try:
        ref = scene.deployer.start(instance)
    except DeployerUnavailable as error:
        state.move_instance(instance, to=State.FAILED, problem=str(error)[:2_000])
        scene.alive.remove(instance)
        telling.event(scene.deployment, "BackOff", str(error))
        return
    instance.ref = ref
    Instance.objects.filter(pk=instance.pk).update(ref=ref)
    telling.event(scene.deployment, "Starting", f"Instance {instance.slot}, attempt {instance.attempt}.")

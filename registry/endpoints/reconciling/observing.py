"""What there is: which instances live, which answer, which have to go."""

from collections.abc import Sequence
from datetime import timedelta

from registry.endpoints import state
from registry.endpoints.deployers.base import Look
from registry.endpoints.models import Instance
from registry.endpoints.reconciling import probing
from registry.endpoints.reconciling.scene import Scene, spec_of
from registry.endpoints.services import telling

State = Instance.State
AT_ONCE = timedelta(0)


def observe(scene: Scene) -> None:
    """Bring the records of the living instances up to date; `scene.alive` keeps those that go on living."""
    for instance in list(scene.alive):
        if instance.ref is not None:
            _look_at(scene, instance, scene.deployer.look(instance.ref))
    due = [each for each in scene.alive if probing.is_due(each, spec_of(each), scene.now)]
    verdicts = probing.ask([probing.question_of(each, spec_of(each)) for each in due])
    for instance, verdict in zip(due, verdicts, strict=True):
        _judge(scene, instance, verdict)
    for instance in list(scene.alive):
        _check_start(scene, instance)


def bury(scene: Scene, instance: Instance, *, kind: str, problem: str, exit_code: int = 0) -> None:
    """Record the end of an instance that failed, and leave nothing of it running. `failures` then holds its exit code."""
    if instance.ref is not None:
        scene.deployer.stop(instance.ref, grace=AT_ONCE)
    scene.is_changed = scene.is_changed or instance.state == State.READY
    if state.move_instance(instance, to=State.FAILED, problem=problem, failures=max(0, exit_code)):
        telling.event(scene.deployment, kind, f"{_name(instance)}: {problem}")
    scene.alive.remove(instance)


def drain(scene: Scene, instances: Sequence[Instance]) -> None:
    """Take instances out of rotation; they finish what they have and are stopped at a later look."""
    for instance in instances:
        request = spec_of(instance).request_settings.request_timeout_ms / 1000
        until = scene.now + timedelta(seconds=2 + request)
        if instance.state == State.STARTING:
            until = scene.now
        scene.is_changed = scene.is_changed or instance.state == State.READY
        state.move_instance(instance, to=State.DRAINING, drain_until=until)


def stop_drained(scene: Scene, *, at_once: bool = False) -> None:
    """End what has finished what it had."""
    for instance in [each for each in scene.alive if each.state == State.DRAINING]:
        if not at_once and instance.drain_until is not None and instance.drain_until > scene.now:
            continue
        if instance.ref is not None:
            scene.deployer.stop(instance.ref, grace=timedelta(seconds=1))
        if state.move_instance(instance, to=State.STOPPED):
            telling.event(scene.deployment, "Killing", f"{_name(instance)} was stopped.")
        scene.alive.remove(instance)


def _look_at(scene: Scene, instance: Instance, look: Look) -> None:
    if look.alive:
        if look.address and look.address != instance.address:
            instance.address = look.address
            Instance.objects.filter(pk=instance.pk).update(address=look.address)
        return
    if instance.state == State.DRAINING:
        state.move_instance(instance, to=State.STOPPED)
        scene.alive.remove(instance)
        return
    bury(scene, instance, kind="BackOff", problem=look.problem or "It ended.", exit_code=look.exit or 0)


def _judge(scene: Scene, instance: Instance, verdict: probing.Verdict) -> None:
    spec, before = spec_of(instance), instance.state
    failures = 0 if verdict.is_ready else instance.failures + 1
    facts = {"failures": failures, "probed_at": scene.now, "problem": "" if verdict.is_ready else verdict.problem}
    if verdict.is_ready and before != State.READY:
        first = {} if instance.ready_at else {"ready_at": scene.now}
        if state.move_instance(instance, to=State.READY, **facts, **first):
            scene.is_changed = True
            telling.event(scene.deployment, "Started" if first else "Ready", f"{_name(instance)} answers.")
        return
    if before != State.STARTING and not verdict.is_live and failures >= spec.liveness_probe.failure_threshold:
        bury(scene, instance, kind="LivenessProbeFailed", problem=verdict.problem)
        return
    if before == State.READY and not verdict.is_ready and failures >= spec.readiness_probe.failure_threshold:
        if state.move_instance(instance, to=State.UNREADY, **facts):
            scene.is_changed = True
            telling.event(scene.deployment, "ReadinessProbeFailed", f"{_name(instance)}: {verdict.problem}")
        return
    Instance.objects.filter(pk=instance.pk).update(**facts)
    instance.failures, instance.probed_at = failures, scene.now


def _check_start(scene: Scene, instance: Instance) -> None:
    patience = spec_of(instance).start_seconds
    if instance.state != State.STARTING or instance.started_at + timedelta(seconds=patience) > scene.now:
        return
    problem = instance.problem or "It never answered."
    bury(scene, instance, kind="ReadinessProbeFailed", problem=f"It was not ready within {patience} s. {problem}")


def _name(instance: Instance) -> str:
    return f"Instance {instance.slot} of revision {instance.revision.number}"

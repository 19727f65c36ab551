"""A new revision on its way: prepared, started beside the old one, swapped in when it is ready, or given up."""

from django.db import transaction

from registry.endpoints import scaling, state
from registry.endpoints.deployers.base import NotPrepared
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint, Instance
from registry.endpoints.reconciling import filling, observing
from registry.endpoints.reconciling.scene import Scene
from registry.endpoints.services import telling
from registry.endpoints.services import traffic as shares
from registry.endpoints.services.waking import table
from studio.errors import StudioError

State = DeploymentRevision.State
# The runtime's exit code for a script or model that can't be loaded: that stands at every start.
SCRIPT_PROBLEM = 3
MOST_FAILURES = 3  # of instances, until a revision is given up


def advance(scene: Scene, revision: DeploymentRevision) -> None:
    """Take the next step with what shall replace the current revision."""
    if revision.state == State.PENDING:
        state.move_revision(revision, to=State.PREPARING)
        telling.progress(scene.deployment, state="running", share=0.05, message="Preparing.")
    if revision.state == State.PREPARING and not _prepare(scene, revision):
        return
    if revision.state == State.ROLLING:
        _roll(scene, revision)


def fail(scene: Scene, revision: DeploymentRevision, problem: str) -> None:
    """Give the revision up: its instances end, what was there before stays."""
    deployment = scene.deployment
    with transaction.atomic():
        if not state.move_revision(revision, to=State.FAILED, problem=problem):
            return
        if not Deployment.objects.filter(pk=deployment.pk, wanted=revision).update(wanted=None):
            return  # another revision was asked for meanwhile
        stays = f" Revision {deployment.current.number} stays." if deployment.current else ""
        told = f"Revision {revision.number} failed: {problem}{stays}"
        state.move_deployment(deployment, to=Deployment.State.FAILED, problem=told)
        telling.event(deployment, "Failed", told)
        telling.progress(deployment, state="failed", message=told)
        telling.failed(deployment, revision, problem)
    deployment.wanted = None
    observing.drain(scene, scene.of(revision))


def _prepare(scene: Scene, revision: DeploymentRevision) -> bool:
    try:
        prepared = scene.deployer.prepare(revision)
    except NotPrepared as error:
        fail(scene, revision, str(error))
        return False
    if not prepared.is_ready:
        telling.progress(scene.deployment, state="running", share=0.15, message=prepared.message)
        return False
    telling.progress(scene.deployment, share=0.4, message="Starting instances.")
    return state.move_revision(revision, to=State.ROLLING, prepared=prepared.facts)


def _roll(scene: Scene, revision: DeploymentRevision) -> None:
    problem = _why_given_up(revision)
    if problem:
        fail(scene, revision, problem)
        return
    count = max(1, scene.deployment.instance_count)
    filling.fill(scene, revision, count)
    ready = [each for each in scene.of(revision) if each.state == Instance.State.READY]
    if len(ready) >= count:
        _swap(scene, revision)
        return
    done = 0.4 + 0.55 * len(ready) / count
    telling.progress(scene.deployment, share=done, message=f"{len(ready)} of {count} instances are ready.")


def _why_given_up(revision: DeploymentRevision) -> str:
    """Why the revision will not get ready; empty while there is hope."""
    failed = filling.failures_of(revision)
    if not failed:
        return ""
    if failed[0].failures == SCRIPT_PROBLEM or len(failed) >= MOST_FAILURES:
        return failed[0].problem
    return ""


def _swap(scene: Scene, revision: DeploymentRevision) -> None:
    """From now on the new revision answers; the old one drains."""
    deployment, old = scene.deployment, scene.deployment.current
    with transaction.atomic():
        rows = Deployment.objects.filter(pk=deployment.pk, wanted=revision)
        if not rows.update(current=revision, wanted=None):
            return  # another revision was asked for meanwhile
        state.move_revision(revision, to=State.LIVE, live_at=scene.now, problem="")
        if old is not None:
            state.move_revision(old, to=State.RETIRED)
        state.move_deployment(deployment, to=Deployment.State.SUCCEEDED, problem="")
        state.changed(deployment.endpoint_id)
        told = f"Revision {revision.number} answers now."
        telling.event(deployment, "Succeeded", told)
        telling.progress(deployment, state="succeeded", share=1.0, message=told)
        table(deployment.endpoint)
        _give_all_traffic(revision)
    deployment.current, deployment.wanted = revision, None
    observing.drain(scene, scene.of(old))
    scene.is_changed = True


def _give_all_traffic(revision: DeploymentRevision) -> None:
    """Where that was asked for with the deployment."""
    if not revision.spec.get("all_traffic"):
        return
    endpoint = Endpoint.objects.select_related("workspace").get(pk=revision.deployment.endpoint_id)
    try:
        with transaction.atomic():
            shares.set_traffic(actor=revision.created_by, endpoint=endpoint, traffic={revision.deployment.name: 100})
    except StudioError as error:
        telling.event(revision.deployment, "TrafficKept", f"It was not given all traffic: {error.message}")


def keep(scene: Scene, revision: DeploymentRevision) -> list[str]:
    """Have as many instances of the current revision as there shall be; answers why some wait."""
    count = _count(scene.deployment)
    surplus = [each for each in scene.of(revision) if each.slot >= count]
    observing.drain(scene, surplus)
    return filling.fill(scene, revision, count)


def _count(deployment: Deployment) -> int:
    rule = scaling.Rule.from_json(deployment.scale)
    return deployment.instance_count if rule.is_automatic else max(1, deployment.instance_count)

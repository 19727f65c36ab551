"""One look at one deployment, by whoever holds its lease."""

import logging

from django.db import transaction
from django.utils import timezone

from registry.endpoints import state
from registry.endpoints.deployers.base import DeployerUnavailable
from registry.endpoints.deployers.registry import deployer_of
from registry.endpoints.models import Deployment, DeploymentRevision, Instance
from registry.endpoints.reconciling import automatic, observing, rolling
from registry.endpoints.reconciling.scene import Scene, alive_of, read
from registry.endpoints.services import endpoints as use_cases
from registry.endpoints.services import telling
from registry.endpoints.services.waking import table
from studio.errors import Conflict, StudioError
from studio.lineage import services as lineage
from studio.lineage.things import Thing

logger = logging.getLogger(__name__)
State = Deployment.State
KEPT_REVISIONS = 10


def move_on(deployment_id: int) -> bool:
    """Take the deployment's next steps, unless another ticker is at it; whether the next ones are due in a moment."""
    if not state.claim(deployment_id):
        return False
    try:
        deployment = read(deployment_id)
        return deployment is not None and _guarded(deployment)
    finally:
        state.release(deployment_id)


def _guarded(deployment: Deployment) -> bool:
    """One deployment's trouble must not keep the others from being looked at."""
    try:
        return _move(deployment)
    except DeployerUnavailable as error:
        _say(deployment, str(error))
    except Conflict as error:
        logger.info("deployment %s is left for the next look: %s", deployment.pk, error)
    except StudioError as error:
        logger.warning("deployment %s: %s", deployment.pk, error)
        _say(deployment, error.message)
    except Exception:
        logger.exception("deployment %s could not be moved on", deployment.pk)
    return False


def _move(deployment: Deployment) -> bool:
    deployer = deployer_of(deployment.deployer)
    away = deployer.why_not_ready()
    if away:
        _say(deployment, away)
        return False
    if deployment.problem and deployment.wanted_id:
        Deployment.objects.filter(pk=deployment.pk).update(problem="")
    scene = Scene(deployment, deployer, timezone.now(), alive_of(deployment))
    observing.observe(scene)
    if deployment.state == State.DELETING:
        _delete(scene)
    else:
        _go_on(scene)
    observing.stop_drained(scene, at_once=deployment.state == State.DELETING)
    if scene.is_changed:
        state.changed(deployment.endpoint_id)
        telling.hint(deployment.endpoint)
        table(deployment.endpoint)
    return any(each.state == Instance.State.STARTING for each in scene.alive)


def _go_on(scene: Scene) -> None:
    deployment, waiting = scene.deployment, list[str]()
    automatic.scale(scene)
    _end_others(scene)
    state.keep(deployment.pk)
    if deployment.wanted is not None:
        rolling.advance(scene, deployment.wanted)
    if deployment.current is not None:
        waiting = rolling.keep(scene, deployment.current)
    if deployment.wanted is None:
        _settle(scene, waiting)


def _end_others(scene: Scene) -> None:
    """Instances of revisions that are neither current nor wanted go."""
    deployment = scene.deployment
    kept = {deployment.current_id, deployment.wanted_id}
    draining = Instance.State.DRAINING
    observing.drain(scene, [each for each in scene.alive if each.revision_id not in kept and each.state != draining])


def _settle(scene: Scene, waiting: list[str]) -> None:
    """The state and the problem as they are once nothing is on its way."""
    deployment = scene.deployment
    if deployment.current is None:
        return
    ready = sum(each.state == Instance.State.READY for each in scene.of(deployment.current))
    is_whole = ready >= deployment.instance_count and not waiting
    if is_whole and deployment.state == State.SCALING:
        state.move_deployment(deployment, to=State.SUCCEEDED, problem="")
        telling.hint(deployment.endpoint)
    problem = " ".join(waiting)[:2_000]
    at_rest = (State.SUCCEEDED, State.SCALING)
    if deployment.state in at_rest and deployment.problem != problem and (is_whole or problem):
        Deployment.objects.filter(pk=deployment.pk, state__in=at_rest).update(problem=problem)
        telling.hint(deployment.endpoint)
    _forget_old(scene)


def _forget_old(scene: Scene) -> None:
    """Revisions beyond the last ones go, with what was prepared for them; what is prepared for failed ones, too."""
    deployment = scene.deployment
    kept = {deployment.current_id, deployment.wanted_id, *(each.revision_id for each in scene.alive)}
    rows = DeploymentRevision.objects.filter(deployment=deployment).exclude(pk__in=[pk for pk in kept if pk])
    for revision in rows.order_by("-number")[KEPT_REVISIONS:]:
        scene.deployer.forget(revision)
        revision.delete()


def _delete(scene: Scene) -> None:
    deployment = scene.deployment
    draining = Instance.State.DRAINING
    observing.drain(scene, [each for each in scene.alive if each.state != draining])
    observing.stop_drained(scene, at_once=True)
    if scene.alive:
        return
    for revision in DeploymentRevision.objects.filter(deployment=deployment):
        scene.deployer.forget(revision)
    endpoint = deployment.endpoint
    with transaction.atomic():
        lineage.forget(workspace=endpoint.workspace, thing=Thing("deployment", str(deployment.pk)))
        Deployment.objects.filter(pk=deployment.pk).delete()
        state.changed(endpoint.pk)
        telling.hint(endpoint)
        table(endpoint)
        if endpoint.is_deleting and not Deployment.objects.filter(endpoint=endpoint).exists():
            use_cases.drop(endpoint)


def _say(deployment: Deployment, problem: str) -> None:
    """Keep why nothing goes on, and tell open pages once."""
    if deployment.problem == problem or deployment.state == State.FAILED:
        return
    Deployment.objects.filter(pk=deployment.pk).update(problem=problem[:2_000])
    telling.event(deployment, "Waiting", problem)
    if deployment.wanted_id:
        telling.progress(deployment, message=problem)

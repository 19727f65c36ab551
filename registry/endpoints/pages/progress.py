"""How far a revision is on its way, step by step, as the pages draw it."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.endpoints.models import Deployment, DeploymentRevision, Instance

State = DeploymentRevision.State


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a deployment. `state`: done, active, waiting or failed."""

    label: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    revision: DeploymentRevision
    steps: list[Step]
    problem: str


def progress(deployment: Deployment, percent: int) -> Progress | None:
    """What the wanted revision still has to do, or why the last one failed; None when nothing goes on."""
    revision = deployment.wanted or _given_up(deployment)
    if revision is None:
        return None
    if deployment.wanted is None:
        instances = list(revision.instances.all()[:1])  # whether it came as far as to start
    else:
        instances = [one for one in revision.instances.all() if one.state in Instance.ALIVE]
    return Progress(revision, _steps(deployment, revision, instances, percent), revision.problem)


def _given_up(deployment: Deployment) -> DeploymentRevision | None:
    """The last revision, where it failed."""
    if deployment.state != Deployment.State.FAILED:
        return None
    last = deployment.revisions.order_by("-number").first()
    return last if last and last.state == State.FAILED else None


def _steps(
    deployment: Deployment, revision: DeploymentRevision, instances: Sequence[Instance], percent: int
) -> list[Step]:
    wanted = deployment.instance_count
    ready = sum(one.state == Instance.State.READY for one in instances)
    states = _states(revision, has_instances=bool(instances), is_ready=bool(wanted and ready >= wanted))
    what = "Image" if revision.image_version_id else "Environment"
    details = (
        "",
        f"{len(instances)} of {wanted} started" if revision.state == State.ROLLING else "",
        f"{ready} of {wanted} ready" if revision.state == State.ROLLING else "",
        f"{percent} %",
    )
    labels = (f"{what} prepared", "Instances started", "Ready", "Traffic")
    return [Step(*each) for each in zip(labels, states, details, strict=True)]


def _states(revision: DeploymentRevision, *, has_instances: bool, is_ready: bool) -> list[str]:
    """Of the four steps: before the current one all are done, after it all wait."""
    at = {State.PENDING: 0, State.PREPARING: 0, State.LIVE: 4, State.RETIRED: 4}.get(State(revision.state))
    if at is None:
        at = 3 if is_ready else 2 if has_instances else 1
    if revision.state == State.FAILED and revision.live_at is None:
        at = 1 if has_instances else 0
    current = "failed" if revision.state == State.FAILED else "active"
    return ["done" if place < at else current if place == at else "waiting" for place in range(4)]

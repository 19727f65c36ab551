"""Deployments as lines of a table: what each runs, how many of its instances answer, what goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint, Instance
from registry.endpoints.pages import shares
from registry.endpoints.pages.progress import Progress, progress


@dataclass(frozen=True, slots=True)
class Runs:
    """What a revision runs: a model version, an image version, or both, with the pages they are shown on."""

    text: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    deployment: Deployment
    share: shares.Share
    runs: Runs | None
    ready: int
    living: int
    state: str  # a state chip's word
    problem: str
    progress: Progress | None


def deployments_of(endpoint: Endpoint) -> list[Deployment]:
    """All of an endpoint's, by name, with their revisions and living instances."""
    living = Instance.objects.filter(state__in=Instance.ALIVE).order_by("slot", "-attempt")
    parts = (
        "model_version__model__workspace",
        "image_version__image__workspace",
        "environment",
    )
    rows = (
        endpoint.deployments.select_related(
            *(f"{which}__{part}" for which in ("current", "wanted") for part in parts), "created_by"
        )
        .prefetch_related(Prefetch("current__instances", living), Prefetch("wanted__instances", living))
        .order_by("name")
    )
    found = list(rows)
    for one in found:
        one.endpoint = endpoint
    return found


def rows_of(endpoint: Endpoint, deployments: Sequence[Deployment]) -> list[DeploymentRow]:
    parts = {share.name: share for share in shares.shares(endpoint, deployments)}
    return [row_of(one, parts[one.name]) for one in deployments]


def row_of(deployment: Deployment, share: shares.Share) -> DeploymentRow:
    # One whose first revision was given up runs nothing and wants nothing: what it was meant to run is shown.
    revision = deployment.current or deployment.wanted or deployment.revisions.first()
    instances = list(deployment.current.instances.all()) if deployment.current else []
    return DeploymentRow(
        deployment=deployment,
        share=share,
        runs=runs_of(revision) if revision else None,
        ready=sum(one.state == Instance.State.READY for one in instances),
        living=len(instances),
        state=_state(deployment),
        problem=_problem(deployment, instances),
        progress=progress(deployment, share.percent),
    )


def runs_of(revision: DeploymentRevision) -> Runs:
    """Words and the page for what a revision runs."""
    note = f"script {revision.scoring_script}" if revision.scoring_script else ""
    if revision.image_version:
        image = revision.image_version
        return Runs(f"{image.image.name}:{image.number}", image.get_absolute_url(), "image")
    if revision.model_version:
        version = revision.model_version
        return Runs(f"{version.model.name}:{version.number}", version.get_absolute_url(), note)
    return Runs("code alone", "", note)


def _state(deployment: Deployment) -> str:
    if deployment.state == Deployment.State.SUCCEEDED:
        if deployment.instance_count == 0:
            return "asleep"
        return "ready"
    if deployment.state == Deployment.State.FAILED and deployment.current_id:
        return "outdated"
    return deployment.state.lower()


def _problem(deployment: Deployment, instances: Sequence[Instance]) -> str:
    failed = deployment.wanted
    if failed and failed.state == DeploymentRevision.State.FAILED and failed.problem:
        return failed.problem
    told = (one.problem for one in instances if one.problem and one.state != Instance.State.READY)
    return deployment.problem or next(told, "")

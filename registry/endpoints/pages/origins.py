"""Where an endpoint's deployments come from: data → run → model → image → deployment, as columns that lead both ways."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint
from registry.endpoints.pages import shares
from registry.mlmodels import queries as models
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.lineage import queries as lineage
from studio.lineage.labels import Label, labels
from studio.lineage.things import Thing

KINDS = ("Data", "Run", "Model", "Image", "Deployment")


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of thing on the way, with those that there are."""

    title: str
    labels: list[Label]


def columns(endpoint: Endpoint, deployments: Sequence[Deployment]) -> list[Column]:
    """The columns that have something in them, from the data to the deployments."""
    live = [one.current or one.wanted for one in deployments]
    revisions = [revision for revision in live if revision]
    versions = _versions(revisions)
    runs = _runs(endpoint.workspace, versions)
    data = _data(endpoint.workspace, runs)
    known = labels(endpoint.workspace, [*data, *runs])
    found = (
        [known[thing] for thing in data],
        [known[thing] for thing in runs],
        [Label("model version", f"{one.model.name}:{one.number}", one.get_absolute_url()) for one in versions],
        _images(revisions),
        [Label("deployment", one.name, one.get_absolute_url()) for one in deployments],
    )
    return [Column(title, each) for title, each in zip(KINDS, found, strict=True) if each]


def _versions(revisions: Iterable[DeploymentRevision]) -> list[ModelVersion]:
    """The model versions that are served: named by a deployment, or in its image."""
    found: dict[int, ModelVersion] = {}
    for revision in revisions:
        if revision.model_version:
            found.setdefault(revision.model_version.pk, revision.model_version)
        if revision.image_version:
            for one in revision.image_version.model_versions.select_related("model__workspace"):
                found.setdefault(one.pk, one)
    return list(found.values())


def _images(revisions: Iterable[DeploymentRevision]) -> list[Label]:
    found = {one.image_version.pk: one.image_version for one in revisions if one.image_version}
    return [Label("image", f"{one.image.name}:{one.number}", one.get_absolute_url()) for one in found.values()]


def _runs(workspace: Workspace, versions: Iterable[ModelVersion]) -> list[Thing]:
    things = []
    for version in versions:
        if version.run_id:
            things.append(Thing("run", version.run_id))
        things.extend(step.thing for step in models.came_from(version) if step.thing.kind == "run")
    return list(dict.fromkeys(things))


def _data(workspace: Workspace, runs: Iterable[Thing]) -> list[Thing]:
    """What the runs read."""
    steps = (step for run in runs for step in lineage.up(workspace, run))
    return list(dict.fromkeys(step.thing for step in steps if step.thing.kind == "data_version"))


@dataclass(frozen=True, slots=True)
class Chain:
    """One deployment's own way, from the data to the endpoint."""

    deployment: Deployment
    percent: int
    columns: list[Column]


def chains(endpoint: Endpoint, deployments: Sequence[Deployment]) -> list[Chain]:
    """Each deployment with where it comes from."""
    parts = {share.name: share.percent for share in shares.shares(endpoint, deployments)}
    return [Chain(one, parts[one.name], columns(endpoint, [one])) for one in deployments]

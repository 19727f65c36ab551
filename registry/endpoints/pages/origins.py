"""Where an endpoint's deployments come from: data → run → model → image → deployment, as columns that lead both ways."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.endpoints import ancestry
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint
from registry.endpoints.pages import shares
from studio.lineage.labels import Label, labels

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
    versions = ancestry.versions(revisions)
    runs = ancestry.runs(versions)
    data = ancestry.data(endpoint.workspace, runs)
    known = labels(endpoint.workspace, [*data, *runs])
    found = (
        [known[thing] for thing in data],
        [known[thing] for thing in runs],
        [Label("model version", f"{one.model.name}:{one.number}", one.get_absolute_url()) for one in versions],
        _images(revisions),
        [Label("deployment", one.name, one.get_absolute_url()) for one in deployments],
    )
    return [Column(title, each) for title, each in zip(KINDS, found, strict=True) if each]


def _images(revisions: Iterable[DeploymentRevision]) -> list[Label]:
    found = {one.image_version.pk: one.image_version for one in revisions if one.image_version}
    return [Label("image", f"{one.image.name}:{one.number}", one.get_absolute_url()) for one in found.values()]


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

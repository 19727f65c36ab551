"""Where what a deployment runs comes from: data → run → model."""

from collections.abc import Iterable

from registry.endpoints.models import DeploymentRevision
from registry.mlmodels import queries as models
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.lineage import queries as lineage
from studio.lineage.things import Thing


def versions(revisions: Iterable[DeploymentRevision]) -> list[ModelVersion]:
    """The model versions that are served: named by a deployment, or in its image."""
    found: dict[int, ModelVersion] = {}
    for revision in revisions:
        if revision.model_version:
            found.setdefault(revision.model_version.pk, revision.model_version)
        if revision.image_version:
            for one in revision.image_version.model_versions.select_related("model__workspace"):
                found.setdefault(one.pk, one)
    return list(found.values())


def runs(served: Iterable[ModelVersion]) -> list[Thing]:
    """The runs that made them."""
    things = []
    for version in served:
        if version.run_id:
            things.append(Thing("run", version.run_id))
        things.extend(step.thing for step in models.came_from(version) if step.thing.kind == "run")
    return list(dict.fromkeys(things))


def data(workspace: Workspace, made_by: Iterable[Thing]) -> list[Thing]:
    """The data versions that these runs read."""
    steps = (step for run in made_by for step in lineage.up(workspace, run))
    return list(dict.fromkeys(step.thing for step in steps if step.thing.kind == "data_version"))

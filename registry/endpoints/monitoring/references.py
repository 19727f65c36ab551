"""What the samples of a deployment are compared with: the data its model learnt from, unless other data is named."""

from collections.abc import Sequence

from registry.data.assets import queries as assets
from registry.data.assets.models import DataVersion
from registry.endpoints import ancestry
from registry.endpoints.models import Deployment
from studio.errors import Conflict, StudioError


def known(deployment: Deployment) -> list[DataVersion]:
    """The data that the runs of its model read, by the lineage."""
    revision = deployment.current or deployment.wanted
    if revision is None:
        return []
    workspace = deployment.endpoint.workspace
    things = ancestry.data(workspace, ancestry.runs(ancestry.versions([revision])))
    ids = [int(thing.id) for thing in things if thing.id.isascii() and thing.id.isdigit()]
    rows = DataVersion.objects.filter(pk__in=ids, asset__workspace=workspace, state=DataVersion.State.READY)
    found = {row.pk: row for row in rows.select_related("asset__workspace", "manifest", "datastore")}
    return [found[pk] for pk in ids if pk in found]


def choose(deployment: Deployment, ref: str, names: Sequence[str]) -> DataVersion:
    """The data that `ref` names, else of what the model learnt from that which has most of the columns `names`.

    Raises Conflict where nothing is known or it is not read yet, NotFound and Invalid for a reference.
    """
    if ref:
        return assets.require_ready(assets.resolve(deployment.endpoint.workspace, ref))
    found = known(deployment)
    if not found:
        raise Conflict(
            "reference_unknown",
            f"What the model of {deployment.name} learnt from is not known: no run of it read a data asset.",
            hint="Name the data to compare with, such as azureml:cars:1.",
        )
    return max(found, key=lambda one: len(set(names) & set(columns_of(one))))


def columns_of(version: DataVersion) -> list[str]:
    """The columns of its table, as far as they were read; none for what is no table."""
    return [str(column["name"]) for column in version.schema or [] if column.get("included", True)]


def find(deployment: Deployment, ref: str) -> DataVersion | None:
    """What a finished report was compared with, while it is there."""
    try:
        return assets.resolve(deployment.endpoint.workspace, ref) if ref else None
    except StudioError:
        return None

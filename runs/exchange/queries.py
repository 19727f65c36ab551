"""What an import finds from an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.mlmodels.models import ModelVersionTag
from runs.exchange import registered
from runs.logged_models.models import LoggedModel
from runs.tracking.models import Run
from studio.access.models import Workspace


@dataclass(frozen=True, slots=True)
class Known:
    """By external id: ids of runs and logged models, versions as `name/number`."""

    runs: dict[str, str]
    logged_models: dict[str, str]
    versions: dict[str, str]


OWN = "atelier:"  # what an export was taken from: "atelier:<workspace>/<id>"


def known(workspace: Workspace, external_ids: Sequence[str]) -> Known:
    """Those of these things that are here already."""
    names = [name for name in external_ids if name]
    own = {name.rpartition("/")[2]: name for name in names if name.startswith(OWN)}
    runs = Run.objects.filter(workspace=workspace, external_id__in=names)
    logged = LoggedModel.objects.filter(workspace=workspace, external_id__in=names)
    tags = ModelVersionTag.objects.filter(
        version__model__workspace=workspace, key=registered.VERSION_TAG, value__in=names
    )
    found = tags.values_list("value", "version__model__name", "version__number")
    return Known(
        runs={**_own(Run, workspace, own), **dict(runs.values_list("external_id", "pk"))},
        logged_models={**_own(LoggedModel, workspace, own), **dict(logged.values_list("external_id", "pk"))},
        versions={value: f"{model}/{number}" for value, model, number in found},
    )


def _own(table: type[Run] | type[LoggedModel], workspace: Workspace, names: dict[str, str]) -> dict[str, str]:
    """Those that never left: an export that comes back to the workspace it was taken from."""
    if not names:
        return {}
    found = table.objects.filter(workspace=workspace, pk__in=list(names)).values_list("pk", flat=True)
    return {names[pk]: pk for pk in found}

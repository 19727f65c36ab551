"""What happens in the registry, told to the schedules that wait for it."""

from registry.data.assets.models import DataVersion
from registry.mlmodels.models import ModelVersion
from runs.schedules import firing
from runs.schedules.models import Schedule


def data_ready(version: DataVersion) -> None:
    """A new version of a data asset can be read."""
    asset = version.asset
    firing.heard(
        workspace=asset.workspace,
        kind=Schedule.Kind.DATA,
        name=asset.name,
        key=f"data:{version.pk}",
        inputs={"name": asset.name, "version": version.version, "reference": version.reference, "type": asset.type},
    )


def model_registered(version: ModelVersion) -> None:
    """A model has a new version."""
    model = version.model
    firing.heard(
        workspace=model.workspace,
        kind=Schedule.Kind.MODEL,
        name=model.name,
        key=f"model:{version.pk}",
        inputs={
            "name": model.name,
            "version": str(version.number),
            "reference": f"azureml:{model.name}:{version.number}",
            "uri": f"models:/{model.name}/{version.number}",
        },
    )

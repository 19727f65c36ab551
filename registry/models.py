"""The tables of the registry, re-exported so that the app label and the migrations stay with the app."""

from registry.data.addresses.models import AddressRule
from registry.data.assets.models import DataAsset, DataVersion, ManagedFolder
from registry.data.dataflows.models import Dataflow, DataflowVersion
from registry.data.datastores.models import Datastore
from registry.data.explore.models import DataProfile
from registry.data.transfers.models import Upload
from registry.environments.models import Environment
from registry.mlmodels.models import (
    ModelAlias,
    ModelVersion,
    ModelVersionFile,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)

__all__ = [
    "AddressRule",
    "DataAsset",
    "DataProfile",
    "DataVersion",
    "Dataflow",
    "DataflowVersion",
    "Datastore",
    "Environment",
    "ManagedFolder",
    "ModelAlias",
    "ModelVersion",
    "ModelVersionFile",
    "ModelVersionTag",
    "RegisteredModel",
    "RegisteredModelTag",
    "Upload",
]

"""The tables of the registry, re-exported so that the app label and the migrations stay with the app."""

from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob, BatchPart, BatchWorker
from registry.data.addresses.models import AddressRule
from registry.data.assets.models import DataAsset, DataVersion, ManagedFolder
from registry.data.dataflows.models import Dataflow, DataflowVersion
from registry.data.datastores.models import Datastore
from registry.data.explore.models import DataProfile
from registry.data.transfers.models import Upload
from registry.edge.models import EdgeDevice, EdgeEvent, EdgeModule
from registry.endpoints.models import (
    Deployment,
    DeploymentEvent,
    DeploymentRevision,
    Endpoint,
    Instance,
    TrafficMinute,
)
from registry.endpoints.monitoring.models import CollectedFile, DriftReport
from registry.environments.models import Environment, EnvironmentAsset, EnvironmentBuild, EnvironmentVersion
from registry.images.models import Image, ImageModel, ImageTag, ImageVersion
from registry.mlmodels.models import (
    ModelAlias,
    ModelCheck,
    ModelStage,
    ModelVersion,
    ModelVersionFile,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
    StageRequest,
)

__all__ = [
    "AddressRule",
    "BatchDeployment",
    "BatchEndpoint",
    "BatchJob",
    "BatchPart",
    "BatchWorker",
    "CollectedFile",
    "DataAsset",
    "DataProfile",
    "DataVersion",
    "Dataflow",
    "DataflowVersion",
    "Datastore",
    "Deployment",
    "DeploymentEvent",
    "DeploymentRevision",
    "DriftReport",
    "EdgeDevice",
    "EdgeEvent",
    "EdgeModule",
    "Endpoint",
    "Environment",
    "EnvironmentAsset",
    "EnvironmentBuild",
    "EnvironmentVersion",
    "Image",
    "ImageModel",
    "ImageTag",
    "ImageVersion",
    "Instance",
    "ManagedFolder",
    "ModelAlias",
    "ModelCheck",
    "ModelStage",
    "ModelVersion",
    "ModelVersionFile",
    "ModelVersionTag",
    "RegisteredModel",
    "RegisteredModelTag",
    "StageRequest",
    "TrafficMinute",
    "Upload",
]

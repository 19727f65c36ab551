"""The tables of the registry, re-exported so that the app label and the migrations stay with the app."""

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
    "Environment",
    "ModelAlias",
    "ModelVersion",
    "ModelVersionFile",
    "ModelVersionTag",
    "RegisteredModel",
    "RegisteredModelTag",
]

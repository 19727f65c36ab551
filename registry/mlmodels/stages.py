"""The stages of a workspace. MLflow's four are there from the start, as rows only once somebody changes them."""

from collections.abc import Sequence

from registry.mlmodels.models import ModelStage, ModelVersion
from studio.access.models import Workspace
from studio.errors import Invalid

FIRST = tuple(ModelVersion.Stage.values)
# Where a version is before it was put anywhere, and where it goes when it is not wanted any more: they ask for nothing.
OPEN_TO_ALL = frozenset({ModelVersion.Stage.NONE, ModelVersion.Stage.ARCHIVED})


def of(workspace: Workspace) -> list[ModelStage]:
    """The workspace's stages in their order; unsaved ones while nobody has changed them."""
    found = list(ModelStage.objects.filter(workspace=workspace).prefetch_related("approvers"))
    return found or [ModelStage(workspace=workspace, name=name, position=at) for at, name in enumerate(FIRST)]


def named(workspace: Workspace, text: str) -> ModelStage:
    """The stage of this name in any spelling. Raises Invalid in MLflow's words."""
    stages = of(workspace)
    found = next((stage for stage in stages if stage.name.lower() == text.strip().lower()), None)
    if found is None:
        message = f"Invalid Model Version stage: {text[:40]}. Value must be one of {', '.join(names_of(stages))}."
        raise Invalid("bad_model_value", message, fields={"stage": message})
    return found


def names_of(stages: Sequence[ModelStage]) -> list[str]:
    return [stage.name for stage in stages]


def is_active(stage: ModelStage) -> bool:
    """Whether one version of a model usually stands there alone, so that the others can be archived."""
    return stage.name not in OPEN_TO_ALL


def has_rules(stage: ModelStage) -> bool:
    return bool(stage.needs_approval or stage.metrics or stage.checks)

"""Who hears of a change: the feed, open pages, webhooks."""

from typing import Any

from registry.mlmodels.models import PROMPT_TAG, ModelVersion, RegisteredModel, RegisteredModelTag
from studio.accounts.models import User
from studio.activity import services as activity
from studio.live import topics
from studio.live.publish import publish
from studio.webhooks import services as webhooks

# What MLflow's client keeps in tags of a prompt for itself.
TEXT_TAG = "mlflow.prompt.text"
INTERNAL_TAGS = frozenset({PROMPT_TAG, "_mlflow_prompt_type", TEXT_TAG})
# A word of the registry → MLflow's name of the event, for models and for prompts.
EVENTS = {
    "model created": ("registered_model.created", "prompt.created"),
    "model tag set": ("", "prompt_tag.set"),
    "model tag deleted": ("", "prompt_tag.deleted"),
    "version created": ("model_version.created", "prompt_version.created"),
    "version tag set": ("model_version_tag.set", "prompt_version_tag.set"),
    "version tag deleted": ("model_version_tag.deleted", "prompt_version_tag.deleted"),
    "alias set": ("model_version_alias.created", "prompt_alias.created"),
    "alias deleted": ("model_version_alias.deleted", "prompt_alias.deleted"),
}


def note_model(*, actor: User | None, model: RegisteredModel, verb: str, detail: str = "") -> None:
    """A line in the feed about a model, and a hint to open pages."""
    url = "" if verb == "deleted" else model.get_absolute_url()
    activity.record(
        actor=actor, workspace=model.workspace, verb=f"model.{verb}", subject=model.subject, label=model.name,
        url=url, detail=detail,
    )  # fmt: skip
    hint(model)


def note_version(*, actor: User | None, version: ModelVersion, verb: str, detail: str = "") -> None:
    model = version.model
    url = model.get_absolute_url() if verb == "deleted" else version.get_absolute_url()
    activity.record(
        actor=actor, workspace=model.workspace, verb=f"model_version.{verb}", subject=version.subject,
        label=f"{model.name} {version.number}", url=url, detail=detail,
    )  # fmt: skip
    hint(model)


def hint(model: RegisteredModel) -> None:
    publish(topics.workspace(model.workspace.slug), "models")


def emit(model: RegisteredModel, what: str, payload: dict[str, Any], *, is_prompt: bool | None = None) -> None:
    """Tell the webhooks that chose this event."""
    prompt = is_a_prompt(model) if is_prompt is None else is_prompt
    event = EVENTS[what][1 if prompt else 0]
    if event:
        webhooks.emit(workspace=model.workspace, event=event, payload=payload)


def is_a_prompt(model: RegisteredModel) -> bool:
    tag = RegisteredModelTag.objects.filter(model=model, key=PROMPT_TAG).first()
    return tag is not None and tag.value.lower() == "true"


def public_tags(tags: dict[str, str]) -> dict[str, str]:
    """The tags of a prompt without what the client keeps for itself."""
    return {key: value for key, value in tags.items() if key not in INTERNAL_TAGS}

"""Registered models: made, named, tagged, deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.mlmodels import names, uses
from registry.mlmodels.models import PROMPT_TAG, ModelVersion, RegisteredModel, RegisteredModelTag
from registry.mlmodels.services import telling
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from studio.lineage import services as lineage
from studio.lineage.things import Thing


def create_model(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str,
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> RegisteredModel:
    """A model without versions. Raises Conflict `model_exists` when the name is taken."""
    checked = names.tags(tags or {})
    try:
        with transaction.atomic():
            model = RegisteredModel.objects.create(
                workspace=workspace,
                name=names.model_name(name),
                description=names.description(description),
                created_by=actor,
            )
            rows = [RegisteredModelTag(model=model, key=key, value=value) for key, value in checked.items()]
            RegisteredModelTag.objects.bulk_create(rows)
            _tell_created(actor, model, checked)
    except IntegrityError:
        raise _taken(name) from None
    return model


def ensure_model(*, actor: User | None, workspace: Workspace, name: str) -> RegisteredModel:
    """The model of this name, made when it is new."""
    found = RegisteredModel.objects.filter(workspace=workspace, name=name).first()
    if found is not None:
        return found
    try:
        return create_model(actor=actor, workspace=workspace, name=name)
    except Conflict:
        return RegisteredModel.objects.get(workspace=workspace, name=name)


def edit_model(*, actor: User | None, model: RegisteredModel, description: str) -> RegisteredModel:
    model.description = names.description(description)
    model.updated_at = timezone.now()
    with transaction.atomic():
        model.save(update_fields=["description", "updated_at"])
        telling.note_model(actor=actor, model=model, verb="edited")
    return model


def rename_model(*, actor: User | None, model: RegisteredModel, name: str) -> RegisteredModel:
    """The model under another name; its versions and aliases come along. Raises Conflict `model_exists`."""
    before, model.name = model.name, names.model_name(name, parameter="new_name")
    now = model.updated_at = timezone.now()
    try:
        with transaction.atomic():
            model.save(update_fields=["name", "updated_at"])
            ModelVersion.objects.filter(model=model).update(updated_at=now)
            telling.note_model(actor=actor, model=model, verb="renamed", detail=f"It was called {before}.")
    except IntegrityError:
        model.name = before
        raise _taken(name) from None
    return model


def archive_model(*, actor: User | None, model: RegisteredModel, is_archived: bool = True) -> RegisteredModel:
    """Out of the list, or back again; its versions and what uses them go on."""
    if model.is_archived != is_archived:
        model.is_archived, model.updated_at = is_archived, timezone.now()
        with transaction.atomic():
            model.save(update_fields=["is_archived", "updated_at"])
            telling.note_model(actor=actor, model=model, verb="archived" if is_archived else "restored")
    return model


def delete_model(*, actor: User | None, model: RegisteredModel) -> None:
    """The model with all its versions, tags and aliases. Raises Conflict `model_in_use` while something uses one."""
    versions = list(ModelVersion.objects.filter(model=model))
    refuse_used(versions)
    with transaction.atomic():
        telling.note_model(actor=actor, model=model, verb="deleted", detail=_counted(len(versions)))
        for version in versions:
            lineage.forget(workspace=model.workspace, thing=Thing("model_version", str(version.pk)))
        model.delete()


def set_tags(*, actor: User | None, model: RegisteredModel, tags: Mapping[str, str | None]) -> None:
    """Set each tag; None removes it. A tag that is not there is no error."""
    checked = {key: None if value is None else names.tag(key, value)[1] for key, value in tags.items()}
    with transaction.atomic():
        for key, value in checked.items():
            _set_tag(model, key, value)
        telling.hint(model)


def refuse_used(versions: list[ModelVersion]) -> None:
    why = uses.of(versions)
    if why:
        raise Conflict("model_in_use", " ".join(why[:5]), hint="Take it out of use first.")


def _set_tag(model: RegisteredModel, key: str, value: str | None) -> None:
    if value is None:
        # Asked before: without its tag a prompt would look like a model.
        is_prompt = telling.is_a_prompt(model)
        RegisteredModelTag.objects.filter(model=model, key=key).delete()
        telling.emit(model, "model tag deleted", {"name": model.name, "key": key}, is_prompt=is_prompt)
        return
    RegisteredModelTag.objects.update_or_create(model=model, key=key, defaults={"value": value})
    telling.emit(model, "model tag set", {"name": model.name, "key": key, "value": value})


def _tell_created(actor: User | None, model: RegisteredModel, tags: dict[str, str]) -> None:
    is_prompt = tags.get(PROMPT_TAG, "").lower() == "true"
    payload: dict[str, Any] = {
        "name": model.name,
        "tags": telling.public_tags(tags) if is_prompt else tags,
        "description": model.description,
    }
    telling.note_model(actor=actor, model=model, verb="created")
    telling.emit(model, "model created", payload, is_prompt=is_prompt)


def _taken(name: str) -> Conflict:
    return Conflict("model_exists", f"Registered Model (name={name}) already exists.", hint="Use another name.")


def _counted(count: int) -> str:
    return f"With {count} version{'' if count == 1 else 's'}."

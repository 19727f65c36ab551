"""Aliases: words that lead to one version and can be set to another."""

from django.db import transaction

from registry.mlmodels import names
from registry.mlmodels.models import ModelAlias, ModelVersion, RegisteredModel
from registry.mlmodels.services import telling
from studio.accounts.models import User


def set_alias(*, actor: User | None, version: ModelVersion, name: str) -> ModelAlias:
    """Let `name` lead to this version, wherever it led before."""
    model = version.model
    alias_name = names.new_alias(name)
    with transaction.atomic():
        alias, _ = ModelAlias.objects.update_or_create(model=model, name=alias_name, defaults={"version": version})
        telling.note_version(actor=actor, version=version, verb="alias_set", detail=f"As {name}.")
        told = {"name": model.name, "alias": name, "version": str(version.number)}
        telling.emit(model, "alias set", told)
    return alias


def delete_alias(*, actor: User | None, model: RegisteredModel, name: str) -> None:
    """Forget an alias. One that is not there is no error."""
    names.alias(name)
    with transaction.atomic():
        removed, _ = ModelAlias.objects.filter(model=model, name=name).delete()
        if removed:
            telling.note_model(actor=actor, model=model, verb="alias_deleted", detail=f"It was {name}.")
        telling.emit(model, "alias deleted", {"name": model.name, "alias": name})

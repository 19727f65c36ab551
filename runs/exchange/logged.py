"""Taking in logged models from elsewhere: once, with the run that made them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from runs.exchange import services as runs
from runs.logged_models import services
from runs.logged_models.models import LoggedModel
from runs.tracking.models import Run
from runs.tracking.services import words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict


@dataclass(frozen=True, slots=True)
class ImportedModel:
    model: LoggedModel
    is_new: bool


def import_logged_model(
    *,
    actor: User,
    workspace: Workspace,
    external_id: str,
    experiment: str,
    name: str,
    run: Run | None = None,
    model_type: str = "",
    status: str = "READY",
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    created_at: datetime | None = None,
) -> ImportedModel:
    """The logged model known as `external_id`, made when it is new; its tags are those of the source. Raises Invalid."""
    identity = words.clean_text(external_id, field="external_id", limit=255, required=True)
    known = LoggedModel.objects.filter(workspace=workspace, external_id=identity).first()
    if known is not None:
        _refuse_trashed(known)
        if tags:
            services.set_tags(actor=actor, model=known, tags=tags)
        return ImportedModel(known, is_new=False)
    try:
        with transaction.atomic():
            home = runs.experiment_named(actor=actor, workspace=workspace, name=experiment)
            model = services.create_model(
                actor=actor, experiment=home, name=name, source_run=run, model_type=model_type, params=params, tags=tags
            )
            facts = {"external_id": identity, **({"created_at": created_at} if created_at else {})}
            LoggedModel.objects.filter(pk=model.pk).update(**facts)
            services.finalize_model(actor=actor, model=model, to=status)
    except IntegrityError:
        # Two imports of the same source at once: the first one's model is the model.
        return ImportedModel(LoggedModel.objects.get(workspace=workspace, external_id=identity), is_new=False)
    return ImportedModel(model, is_new=True)


def _refuse_trashed(model: LoggedModel) -> None:
    if model.deleted_at is not None:
        message = f"The logged model {model.name} was imported before and is in the trash."
        raise Conflict("logged_model_in_trash", message, hint="It can come again when it was removed for good.")

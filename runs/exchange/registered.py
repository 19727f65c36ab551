"""Taking in registered models and logged models from elsewhere: once, however often the import is run again.

A model and a version keep where they came from in a tag; a version that is known is brought up to date, never doubled.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.db import transaction

from registry.mlmodels import sources, stages
from registry.mlmodels.models import ModelAlias, ModelVersion, ModelVersionFile, ModelVersionTag, RegisteredModel
from registry.mlmodels.services import aliases as naming
from registry.mlmodels.services import models, versions
from runs.tracking.services import words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, NotFound
from studio.storage import blobs

MODEL_TAG, VERSION_TAG = "import.model", "import.version"
STAGE_TAG = "import.stage"  # the stage that was imported last: when people moved the version here, it stays moved


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version as another registry knows it. `source` is an address of here, where its files came along."""

    external_id: str
    number: int
    source: str
    run_id: str = ""
    description: str = ""
    stage: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedVersion:
    version: ModelVersion
    is_new: bool


def import_model(
    *,
    actor: User,
    workspace: Workspace,
    external_id: str,
    name: str,
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> RegisteredModel:
    """The model known as `external_id`, else the one of this name, made when it is new. Raises Invalid.

    A name and a description that people gave it here stay; its tags are those of the source.
    """
    identity = words.clean_text(external_id, field="external_id", limit=500, required=True)
    with transaction.atomic():
        known = RegisteredModel.objects.filter(workspace=workspace, tags__key=MODEL_TAG, tags__value=identity).first()
        model = known or models.ensure_model(actor=actor, workspace=workspace, name=name)
        model.workspace = workspace
        _set_model_tags(actor, model, {MODEL_TAG: identity, **(tags or {})})
        if description and not model.description:
            models.edit_model(actor=actor, model=model, description=description)
    return model


def import_version(*, actor: User, model: RegisteredModel, facts: VersionFacts) -> ImportedVersion:
    """The version known by these facts, made when it is new and brought up to date when it is not.

    It keeps its number where that is above the model's last one, else it gets the next. Raises Invalid.
    """
    identity = words.clean_text(facts.external_id, field="external_id", limit=500, required=True)
    with transaction.atomic():
        known = _known(model, identity, facts)
        version = known or _create(actor, model, identity, facts)
        version.model.workspace = model.workspace
        _follow_tags(actor, version, facts.tags, is_new=known is None)
        _follow_stage(actor, version, facts.stage)
        for alias in facts.aliases:
            _follow_alias(actor, version, alias)
        if known is not None and facts.source not in sources.PLACEHOLDERS:
            versions.adopt_files(version=version, source=_usable(model.workspace, facts.source, identity))
    return ImportedVersion(version, known is None)


def put_file(*, actor: User, version: ModelVersion, path: str, stream: blobs.Readable) -> ModelVersionFile:
    """Store a file of an imported version, whose source is not here. Raises Conflict for one that was registered here."""
    if not version.tags.filter(key=VERSION_TAG).exists():
        message = "This version was registered here, so its files stay as they are."
        raise Conflict("version_not_imported", message, hint="Register another version.")
    return versions.put_file(version=version, path=path, stream=stream, limit=settings.ARTIFACT_LIMIT_BYTES)


def _known(model: RegisteredModel, identity: str, facts: VersionFacts) -> ModelVersion | None:
    rows = ModelVersion.objects.select_related("model")
    imported = rows.filter(model__workspace=model.workspace, tags__key=VERSION_TAG, tags__value=identity).first()
    if imported is not None or facts.created_at is None:
        return imported
    # An export that comes back to the workspace it was taken from.
    return rows.filter(model=model, number=facts.number, created_at=facts.created_at).first()


def _create(actor: User, model: RegisteredModel, identity: str, facts: VersionFacts) -> ModelVersion:
    before = facts.number - 1
    RegisteredModel.objects.filter(pk=model.pk, last_number__lt=before).update(last_number=before)
    new = versions.NewVersion(
        source=_usable(model.workspace, facts.source, identity),
        run_id=facts.run_id,
        description=facts.description,
        tags={**facts.tags, VERSION_TAG: identity},
    )
    version = versions.create_version(actor=actor, model=model, new=new)
    if facts.created_at is not None:
        ModelVersion.objects.filter(pk=version.pk).update(created_at=facts.created_at)
        version.created_at = facts.created_at
    return version


def _usable(workspace: Workspace, source: str, identity: str) -> str:
    """The address, where it can be one of here; else one that says only where the version came from."""
    if source in sources.PLACEHOLDERS:
        return source
    try:
        sources.resolve(workspace, source)
    except (Invalid, NotFound):
        return f"import:/{quote(identity, safe='/')}"[: sources.MAX_SOURCE]
    return source


def _set_model_tags(actor: User, model: RegisteredModel, tags: Mapping[str, str]) -> None:
    present = dict(model.tags.values_list("key", "value"))
    changed = {key: value for key, value in tags.items() if present.get(key) != value}
    if changed:
        models.set_tags(actor=actor, model=model, tags=changed)


def _follow_tags(actor: User, version: ModelVersion, tags: Mapping[str, str], *, is_new: bool) -> None:
    present = dict(version.tags.values_list("key", "value")) if not is_new else dict(tags)
    changed = {key: value for key, value in tags.items() if present.get(key) != value}
    if changed:
        versions.set_tags(actor=actor, version=version, tags=changed)


def _follow_stage(actor: User, version: ModelVersion, stage: str) -> None:
    wanted = stages.named(version.model.workspace, stage or "None").name
    last = ModelVersionTag.objects.filter(version=version, key=STAGE_TAG).values_list("value", flat=True).first()
    if wanted == (last or "None"):
        return
    versions.set_tags(actor=actor, version=version, tags={STAGE_TAG: wanted})
    if version.stage != wanted:
        # A stage that asks for something here is not entered by an import: the tag says where the version was.
        with contextlib.suppress(Conflict):
            versions.move_to_stage(actor=actor, version=version, stage=wanted)


def _follow_alias(actor: User, version: ModelVersion, alias: str) -> None:
    """Set an alias that is free or led to another imported version; one that people set here stays."""
    at = ModelAlias.objects.filter(model=version.model_id, name=alias).values_list("version_id", flat=True).first()
    if at == version.pk:
        return
    if at is None or ModelVersionTag.objects.filter(version=at, key=VERSION_TAG).exists():
        naming.set_alias(actor=actor, version=version, name=alias)

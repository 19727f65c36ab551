"""Versions: counted by the server, with files of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from registry.mlmodels import formats, listeners, mlmodel, names, queries, rules, sources, stages
from registry.mlmodels.facts import tasks as fact_tasks
from registry.mlmodels.models import (
    PROMPT_TAG,
    ModelStage,
    ModelVersion,
    ModelVersionFile,
    ModelVersionTag,
    RegisteredModel,
)
from registry.mlmodels.services import aliases as naming
from registry.mlmodels.services import models, telling
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, NotFound
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.storage import blobs
from studio.storage.models import Blob


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What a version is made of. `run_id` and `logged_model_id` are taken from the source where not given; `found` is what
    the source led to, where that was looked up before."""

    source: str
    run_id: str = ""
    logged_model_id: str = ""
    run_link: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    found: sources.Found | None = None

    @property
    def is_prompt(self) -> bool:
        return self.tags.get(PROMPT_TAG, "").lower() == "true"


def register_version(
    *, actor: User | None, workspace: Workspace, name: str, new: NewVersion, aliases: Sequence[str] = ()
) -> ModelVersion:
    """The next version of the model of this name, which is made when it is new."""
    with transaction.atomic():
        model = models.ensure_model(actor=actor, workspace=workspace, name=name)
        return create_version(actor=actor, model=model, new=new, aliases=aliases)


def create_version(
    *, actor: User | None, model: RegisteredModel, new: NewVersion, aliases: Sequence[str] = ()
) -> ModelVersion:
    """The next version of a model, with rows of its own for the source's files, and these aliases.

    Raises Invalid for a source that is no address, NotFound when it should be of this studio and is not there.
    """
    tags = names.tags(new.tags)
    found = _resolved(model, new)
    manual = _manual(found)
    with transaction.atomic():
        version = ModelVersion.objects.create(
            model=model,
            number=_next_number(model),
            source=new.source,
            location=found.location,
            run_id=(new.run_id or found.run_id)[:255],
            logged_model_id=(new.logged_model_id or found.logged_model_id)[:255],
            run_link=new.run_link[:500],
            description=names.description(new.description),
            signature=manual.signature,
            flavors=manual.flavors,
            size=sum(file.size for file in found.files),
            format=formats.format_of([file.path for file in found.files]),
            reading=_reading(found, new),
            created_by=actor,
        )
        _keep(version, found, tags)
        if version.reading == ModelVersion.Reading.PENDING:
            fact_tasks.read_facts.delay_on_commit(version.pk)
        telling.note_version(actor=actor, version=version, verb="registered")
        _tell_created(version, new, tags)
        for alias in aliases:
            naming.set_alias(actor=actor, version=version, name=alias)
        listeners.tell(version)
    return version


def adopt_files(*, version: ModelVersion, source: str) -> int:
    """Take over what the source holds now and the version lacks; answers how many files came. For imports.

    The version's address becomes this one where it brought its files.
    """
    found = sources.resolve(version.model.workspace, source)
    present = set(ModelVersionFile.objects.filter(version=version).values_list("path", flat=True))
    missing = tuple(file for file in found.files if file.path not in present)
    if not missing:
        return 0
    manual = _manual(found)
    with transaction.atomic():
        _keep_files(version, missing)
        if not present:
            facts = {"source": source, "location": found.location, "run_id": found.run_id or version.run_id}
            facts["logged_model_id"] = found.logged_model_id or version.logged_model_id
            ModelVersion.objects.filter(pk=version.pk).update(
                signature=manual.signature, flavors=manual.flavors, **facts
            )  # fmt: skip
        _weigh(version)
        _read_again(version)
    return len(missing)


def put_file(*, version: ModelVersion, path: str, stream: blobs.Readable, limit: int) -> ModelVersionFile:
    """Store a file of the version, replacing what was there. For imports of versions whose source is elsewhere."""
    made = queries.shelf_of(version).put(path, stream, limit=limit)
    with transaction.atomic():
        if made.path == mlmodel.PATH:
            manual = mlmodel.read(made.blob)
            ModelVersion.objects.filter(pk=version.pk).update(signature=manual.signature, flavors=manual.flavors)
        _weigh(version)
        _read_again(version)
    return made


def edit_version(*, actor: User | None, version: ModelVersion, description: str) -> ModelVersion:
    version.description = names.description(description)
    version.updated_at = timezone.now()
    with transaction.atomic():
        version.save(update_fields=["description", "updated_at"])
        telling.note_version(actor=actor, version=version, verb="edited")
    return version


def write_card(*, actor: User | None, version: ModelVersion, card: str) -> ModelVersion:
    """The version with another model card (Markdown); an empty one lets its README.md speak."""
    version.card = names.card(card)
    version.updated_at = timezone.now()
    with transaction.atomic():
        version.save(update_fields=["card", "updated_at"])
        telling.note_version(actor=actor, version=version, verb="edited", detail="Its card.")
    return version


def archive_version(*, actor: User | None, version: ModelVersion, is_archived: bool = True) -> ModelVersion:
    """Out of the lists and not to be built or deployed any more, or back again; what uses it goes on."""
    if version.is_archived != is_archived:
        version.is_archived, version.updated_at = is_archived, timezone.now()
        with transaction.atomic():
            version.save(update_fields=["is_archived", "updated_at"])
            verb = "archived" if is_archived else "restored"
            telling.note_version(actor=actor, version=version, verb=verb)
    return version


def move_to_stage(
    *, actor: User | None, version: ModelVersion, stage: str, archive_existing: bool = False
) -> ModelVersion:
    """The version in another stage; `archive_existing` moves those that were there to Archived.

    Raises Conflict for a stage that needs somebody's approval, or whose rules the version doesn't meet.
    """
    wanted = stages.named(version.model.workspace, stage)
    if archive_existing and not stages.is_active(wanted):
        active = [str(each.name) for each in stages.of(version.model.workspace) if stages.is_active(each)]
        raise Invalid(
            "bad_model_value",
            "Model version transition cannot archive existing model versions because"
            f" '{stage[:40]}' is not an Active stage. Valid stages are {active}",
        )
    if wanted.name != version.stage:
        _require_open(wanted, version)
    return move_approved(actor=actor, version=version, stage=wanted, archive_existing=archive_existing)


def move_approved(
    *, actor: User | None, version: ModelVersion, stage: ModelStage, archive_existing: bool
) -> ModelVersion:
    """The version in a stage whose rules it met."""
    now = timezone.now()
    before, version.stage, version.updated_at = version.stage, stage.name, now
    with transaction.atomic():
        if archive_existing:
            others = ModelVersion.objects.filter(model=version.model_id, stage=stage.name).exclude(pk=version.pk)
            others.update(stage=ModelVersion.Stage.ARCHIVED, updated_at=now)
        version.save(update_fields=["stage", "updated_at"])
        _touch(version.model)
        telling.note_version(
            actor=actor, version=version, verb="stage_changed", detail=f"From {before} to {stage.name}."
        )  # fmt: skip
    return version


def _require_open(stage: ModelStage, version: ModelVersion) -> None:
    if stage.needs_approval:
        raise Conflict(
            "stage_needs_approval",
            f"The stage {stage.name} needs somebody's approval.",
            hint="Request the stage; another person approves it.",
        )
    missing = rules.unmet(rules.findings(stage, version))
    if missing:
        raise Conflict("stage_rules", f"{version} can't go to {stage.name} yet: {missing}.")


def delete_version(*, actor: User | None, version: ModelVersion) -> None:
    """The version with its files, tags and aliases; its number is not given again. Raises Conflict `model_in_use`."""
    models.refuse_used([version])
    with transaction.atomic():
        telling.note_version(actor=actor, version=version, verb="deleted")
        lineage.forget(workspace=version.model.workspace, thing=Thing("model_version", str(version.pk)))
        _touch(version.model)
        version.delete()


def set_tags(*, actor: User | None, version: ModelVersion, tags: Mapping[str, str | None]) -> None:
    """Set each tag; None removes it."""
    checked = {key: None if value is None else names.tag(key, value)[1] for key, value in tags.items()}
    model = version.model
    told = {"name": model.name, "version": str(version.number)}
    with transaction.atomic():
        for key, value in checked.items():
            if value is None:
                ModelVersionTag.objects.filter(version=version, key=key).delete()
                telling.emit(model, "version tag deleted", {**told, "key": key})
            else:
                ModelVersionTag.objects.update_or_create(version=version, key=key, defaults={"value": value})
                telling.emit(model, "version tag set", {**told, "key": key, "value": value})
        telling.hint(model)


def _resolved(model: RegisteredModel, new: NewVersion) -> sources.Found:
    if new.is_prompt:
        if new.source not in sources.PLACEHOLDERS:
            message = (
                f"Invalid prompt source: '{new.source[:200]}'. Prompt sources must use an MLflow placeholder."
            )  # fmt: skip
            raise Invalid("bad_model_source", message, fields={"source": message})
        return sources.Found(location=new.source)
    return new.found or sources.resolve(model.workspace, new.source)


def _next_number(model: RegisteredModel) -> int:
    """One more than the last, in the transaction of the version: two at a time wait for each other, none is lost."""
    changed = RegisteredModel.objects.filter(pk=model.pk).update(
        last_number=F("last_number") + 1, updated_at=timezone.now()
    )
    if not changed:
        raise NotFound("not_found", f"Registered Model with name={model.name} not found")
    return RegisteredModel.objects.values_list("last_number", flat=True).get(pk=model.pk)


def _manual(found: sources.Found) -> mlmodel.Manual:
    """What the file MLmodel says, read before the transaction: the store may be slow."""
    ids = [file.blob_id for file in found.files if file.path == mlmodel.PATH]
    return mlmodel.read(Blob.objects.get(pk=ids[0])) if ids else mlmodel.Manual()


def _keep(version: ModelVersion, found: sources.Found, tags: dict[str, str]) -> None:
    _keep_files(version, found.files)
    ModelVersionTag.objects.bulk_create(
        [ModelVersionTag(version=version, key=key, value=value) for key, value in tags.items()]
    )
    if found.origin is not None:
        target = Thing("model_version", str(version.pk))
        lineage.link(workspace=version.model.workspace, source=found.origin, target=target, verb="registered")
        maker = Thing("run", found.run_id)
        if found.run_id and found.origin.kind == "logged_model":
            lineage.link(workspace=version.model.workspace, source=maker, target=found.origin, verb="logged")


def _keep_files(version: ModelVersion, files: Sequence[sources.SourceFile]) -> None:
    ModelVersionFile.objects.bulk_create(
        [
            ModelVersionFile(
                version=version,
                path=file.path,
                blob_id=file.blob_id,
                size=file.size,
                content_type=file.content_type,
            )
            for file in files
        ],
        batch_size=500,
    )


def _weigh(version: ModelVersion) -> None:
    total = ModelVersionFile.objects.filter(version=version).aggregate(total=Sum("size"))["total"]
    ModelVersion.objects.filter(pk=version.pk).update(size=total or 0)


def _reading(found: sources.Found, new: NewVersion) -> str:
    """A version without files has nothing to be read."""
    return ModelVersion.Reading.PENDING if found.files and not new.is_prompt else ModelVersion.Reading.DONE


def _read_again(version: ModelVersion) -> None:
    """Its files have changed: what kind of model they are, and what they say, is found out anew."""
    paths = list(ModelVersionFile.objects.filter(version=version).values_list("path", flat=True)[:2])
    has_manual = ModelVersionFile.objects.filter(version=version, path=mlmodel.PATH).exists()
    ModelVersion.objects.filter(pk=version.pk).update(
        format=formats.format_of([mlmodel.PATH] if has_manual else paths),
        reading=ModelVersion.Reading.PENDING,
        reading_problem="",
    )
    fact_tasks.read_facts.delay_on_commit(version.pk)


def _touch(model: RegisteredModel) -> None:
    model.updated_at = timezone.now()
    model.save(update_fields=["updated_at"])


def _tell_created(version: ModelVersion, new: NewVersion, tags: dict[str, str]) -> None:
    told = {"name": version.model.name, "version": str(version.number), "description": version.description or None}
    if new.is_prompt:
        more = {"template": tags.get(telling.TEXT_TAG), "tags": telling.public_tags(tags)}
    else:
        more = {"source": version.source, "run_id": version.run_id or None, "tags": tags}
    telling.emit(version.model, "version created", {**told, **more}, is_prompt=new.is_prompt)

"""Images: built, built again, tagged, described, deleted."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from compute.building import services as building
from compute.jobs import services as jobs
from registry.environments.models import Environment, EnvironmentVersion
from registry.images import contents, handlers, names, plans, queries, registries, state, tasks, telling, uses
from registry.images.contents import Contents
from registry.images.models import Image, ImageModel, ImageTag, ImageVersion
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, NotFound
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.secrets.models import Connection
from studio.storage.models import Blob

State = ImageVersion.State
VERB = "packed"


@dataclass(frozen=True, slots=True)
class _New:
    """A version to be: what is in it and what is said about it."""

    made_of: Contents
    description: str
    tags: dict[str, str]


def build(
    *,
    actor: User | None,
    workspace: Workspace,
    models: Sequence[ModelVersion] = (),
    name: str = "",
    code: Blob | None = None,
    scoring_script: str = "",
    environment: Environment | EnvironmentVersion | None = None,
    base: str = "",
    type: str = ImageVersion.Type.DOCKER,
    connection: Connection | None = None,
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> ImageVersion:
    """The version of these contents: the one that is ready or on its way, else a new one, queued.

    Without models it holds the script alone, and needs a name. Without a name the image is called as its first model;
    without an environment the model's own files say what it needs; without a connection it goes to the studio's own
    registry. Raises Invalid with one sentence about what can't be built.
    """
    asked = contents.Asked(models, code, scoring_script, environment, base, type, connection)
    new = _New(contents.of(asked), names.description(description), names.pairs(tags or {}))
    wanted = names.image_name(name or (names.suggested(models[0].model.name) if models else ""))
    try:
        with transaction.atomic():
            image = _ensure_image(actor, workspace, wanted)
            return queries.with_contents(image, new.made_of.hash) or _begin(actor, image, new)
    except IntegrityError:
        # Somebody asked for the same at this moment: theirs it is.
        found = queries.with_contents(_ensure_image(actor, workspace, wanted), new.made_of.hash)
        if found is None:
            raise
        return found


def retry(*, actor: User | None, version: ImageVersion) -> ImageVersion:
    """Another try for a build that failed or was canceled. Raises Conflict for one that has not."""
    return _again(actor, version, only_from=(State.FAILED, State.CANCELED))


def rebuild(*, actor: User | None, version: ImageVersion) -> ImageVersion:
    """Build what was ready before: it is neither on the engine nor in a registry any more."""
    return _again(actor, version, only_from=(State.READY,))


def cancel(*, actor: User | None, version: ImageVersion) -> ImageVersion:
    """Stop a build. Raises Conflict for one that has ended."""
    if version.is_finished or version.job is None:
        raise Conflict("image_finished", f"{version} is {version.state}: there is nothing to cancel.")
    jobs.request_stop(actor=actor, job=version.job)
    version.refresh_from_db()
    return version


def set_tag(*, actor: User | None, version: ImageVersion, word: str) -> ImageTag:
    """Let a word lead to this version, and to no other of the image."""
    words = names.word(word)
    with transaction.atomic():
        tag, is_new = ImageTag.objects.update_or_create(image=version.image, name=words, defaults={"version": version})
        verb = "tagged" if is_new else "tag_moved"
        telling.note_version(actor=actor, version=version, verb=verb, detail=f"As {words}.")
    return tag


def delete_tag(*, actor: User | None, image: Image, word: str) -> None:
    """Take a word away. Raises NotFound when the image has no such one."""
    tag = queries.tag_named(image, word)
    if tag is None:
        raise NotFound("not_found", f"The image {image.name} has no tag {word[:80]!r}.")
    with transaction.atomic():
        tag.delete()
        telling.note_image(actor=actor, image=image, verb="tag_deleted", detail=f"Which was {tag.name}.")


def edit_image(*, actor: User | None, image: Image, description: str) -> Image:
    image.description = names.description(description)
    image.updated_at = timezone.now()
    with transaction.atomic():
        image.save(update_fields=["description", "updated_at"])
        telling.note_image(actor=actor, image=image, verb="edited")
    return image


def edit_version(
    *, actor: User | None, version: ImageVersion, description: str | None = None, tags: Mapping[str, str] | None = None
) -> ImageVersion:
    """Other words and tags with values; nothing else of a version ever changes."""
    if description is not None:
        version.description = names.description(description)
    if tags is not None:
        version.tags = names.pairs(tags)
    with transaction.atomic():
        version.save(update_fields=["description", "tags"])
        telling.note_version(actor=actor, version=version, verb="edited")
    return version


def delete_version(*, actor: User | None, version: ImageVersion) -> None:
    """The version, out of the studio's own registry and engine too; its number is not given again.

    Raises Conflict `image_in_use` naming who uses it, `image_building` while it is being built.
    """
    _refuse_used([version])
    with _unused(), transaction.atomic():
        telling.note_version(actor=actor, version=version, verb="deleted")
        _forget([version])
        version.delete()


def delete_image(*, actor: User | None, image: Image) -> None:
    """The image with all its versions. Raises Conflict as `delete_version` does."""
    versions = list(queries.versions_with_parts(queries.versions_of(image)))
    _refuse_used(versions)
    with _unused(), transaction.atomic():
        count = f"With {len(versions)} version{'' if len(versions) == 1 else 's'}."
        telling.note_image(actor=actor, image=image, verb="deleted", detail=count)
        _forget(versions)
        image.delete()


def _again(actor: User | None, version: ImageVersion, *, only_from: tuple[str, ...]) -> ImageVersion:
    made_of = contents.again(version)
    try:
        with transaction.atomic():
            attempt = version.attempt + 1
            state.move(
                version, to=State.QUEUED, attempt=version.attempt, only_from=only_from,
                problem="", job=None, content_hash=made_of.hash,
            )  # fmt: skip
            ImageVersion.objects.filter(pk=version.pk).update(attempt=attempt)
            version.attempt = attempt
            _start(actor, version, made_of)
            telling.note_version(actor=actor, version=version, verb="tried_again")
    except IntegrityError:
        version.refresh_from_db()
        raise Conflict(
            "image_exists", f"Another version of {version.image} has the same contents already.", hint="Use that one."
        ) from None
    return version


def _ensure_image(actor: User | None, workspace: Workspace, name: str) -> Image:
    try:
        with transaction.atomic():
            image, is_new = Image.objects.get_or_create(workspace=workspace, name=name, defaults={"created_by": actor})
    except IntegrityError:
        image, is_new = Image.objects.get(workspace=workspace, name=name), False
    image.workspace = workspace
    if is_new:
        telling.note_image(actor=actor, image=image, verb="created")
    return image


def _begin(actor: User | None, image: Image, new: _New) -> ImageVersion:
    made_of = new.made_of
    version = ImageVersion.objects.create(
        image=image,
        number=_next_number(image),
        type=made_of.type,
        content_hash=made_of.hash,
        environment=made_of.environment,
        environment_version=made_of.environment_version,
        code=made_of.code,
        scoring_script=made_of.scoring_script,
        base=made_of.base,
        connection=made_of.connection,
        description=new.description,
        tags=new.tags,
        created_by=actor,
    )
    ImageModel.objects.bulk_create(
        ImageModel(version=version, model_version=model.version, position=place)
        for place, model in enumerate(made_of.models)
    )
    target = Thing("image_version", str(version.pk))
    for model in made_of.models:
        source = Thing("model_version", str(model.version.pk))
        lineage.link(workspace=image.workspace, source=source, target=target, verb=VERB)
    if made_of.environment_version is not None:
        source = Thing("environment_version", str(made_of.environment_version.pk))
        lineage.link(workspace=image.workspace, source=source, target=target, verb="built_with")
    telling.note_version(actor=actor, version=version, verb="asked_for")
    _start(actor, version, made_of)
    return version


def _start(actor: User | None, version: ImageVersion, made_of: Contents) -> None:
    """Queue the build of a version that is `queued`."""
    plan = plans.plan_of(version, made_of, host=registries.host_for(version.connection))
    telling.begin(actor=actor, version=version)
    version.job = building.start(
        actor=actor, workspace=version.image.workspace, kind=handlers.KIND, title=f"Build {version}", plan=plan,
        subject=version.subject,
    )  # fmt: skip
    version.save(update_fields=["job"])
    telling.hint(version.image.workspace)


def _next_number(image: Image) -> int:
    """One more than the last, in the transaction of the version: two at a time wait for each other, none is lost."""
    rows = Image.objects.filter(pk=image.pk)
    if not rows.update(last_number=F("last_number") + 1, updated_at=timezone.now()):
        raise NotFound("not_found", f"The image {image.name} was deleted meanwhile.", hint="Build it again.")
    return rows.values_list("last_number", flat=True).get()


def _refuse_used(versions: Sequence[ImageVersion]) -> None:
    why = uses.of(versions)
    if why:
        raise Conflict("image_in_use", " ".join(why[:5]), hint="Take it out of use first.")
    busy = next((version for version in versions if not version.is_finished), None)
    if busy is not None:
        raise Conflict("image_building", f"{busy} is being built.", hint="Cancel the build first.")


@contextmanager
def _unused() -> Iterator[None]:
    """Whatever came to use a version at this very moment keeps it."""
    try:
        yield
    except (ProtectedError, IntegrityError):
        raise Conflict("image_in_use", "Something came to use it at this moment, so it was not deleted.") from None


def _forget(versions: Sequence[ImageVersion]) -> None:
    """Let go of what was stored for these versions, and of how they were made."""
    for version in versions:
        lineage.forget(workspace=version.image.workspace, thing=Thing("image_version", str(version.pk)))
        if version.reference:
            tasks.remove_stored.delay_on_commit(version.reference, version.digest)

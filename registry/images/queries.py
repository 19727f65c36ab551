"""Reads about images and their versions."""

from collections.abc import Iterable, Sequence

from django.db.models import Count, Max, Q, QuerySet

from registry.environments.models import EnvironmentVersion
from registry.images import names
from registry.images.models import Image, ImageModel, ImageTag, ImageVersion
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.access.permissions import Permission
from studio.accounts.models import User
from studio.errors import Conflict, NotFound
from studio.lineage import labels

MAX_NUMBER = 2**31 - 1
# One version of equal contents is in one of these.
HOLDING = (ImageVersion.State.QUEUED, ImageVersion.State.BUILDING, ImageVersion.State.READY)


def image_named(workspace: Workspace, name: str) -> Image | None:
    return Image.objects.filter(workspace=workspace, name=name).first()


def with_parts(rows: "QuerySet[Image]") -> "QuerySet[Image]":
    """Images with their tags at hand, and `version_count`."""
    counted = rows.annotate(version_count=Count("versions", distinct=True))
    return counted.select_related("workspace", "created_by").prefetch_related("words__version")


def one(image: Image) -> Image:
    """An image with its parts."""
    return with_parts(Image.objects.filter(pk=image.pk)).get()


def newest_id(workspace: Workspace) -> int:
    """The id of the workspace's newest version, 0 when there is none: what has a higher one came later."""
    return ImageVersion.objects.filter(image__workspace=workspace).aggregate(top=Max("pk"))["top"] or 0


def versions_with_parts(rows: "QuerySet[ImageVersion]") -> "QuerySet[ImageVersion]":
    """Versions with image, models, environment and tags at hand: three queries for any number of rows."""
    return rows.select_related(
        "image__workspace",
        "environment",
        "environment_version__asset__workspace",
        "connection",
        "code",
        "created_by",
        "job",
    ).prefetch_related("image_models__model_version__model__workspace", "words")


def versions_of(image: Image) -> "QuerySet[ImageVersion]":
    return ImageVersion.objects.filter(image=image)


def version_at(image: Image, ref: str | int) -> ImageVersion:
    """The version of this number, tag, `3-0a1b2c3d4e5f` or `latest` (the newest that is ready, else the newest). Raises NotFound."""
    rows, text = versions_with_parts(versions_of(image)), str(ref).strip()
    number, _, digest = text.partition("-")
    if text.lower() == names.LATEST:
        found = rows.filter(state=ImageVersion.State.READY).first() or rows.first()
    elif number.isascii() and number.isdigit() and len(number) <= 10:
        begin = Q(content_hash__startswith=digest) if digest else Q()
        found = rows.filter(begin, number=min(int(number), MAX_NUMBER)).first()
    else:
        found = rows.filter(words__name=text).first()
    if found is None:
        raise NotFound("not_found", f"The image {image.name} has no version {text[:80]!r}.")
    return found


def with_contents(image: Image, content_hash: str) -> ImageVersion | None:
    """The version of equal contents that is ready or on its way."""
    rows = versions_with_parts(versions_of(image))
    return rows.filter(content_hash=content_hash, state__in=HOLDING).first()


def find(workspace: Workspace, ref: str) -> ImageVersion:
    """The version that `digits`, `digits:3`, `digits:stable` or `digits@latest` names. Raises NotFound."""
    text = ref.strip().removeprefix("azureml:")
    name, _, which = text.replace("@", ":", 1).partition(":")
    image = image_named(workspace, name)
    if image is None:
        raise NotFound("not_found", f"There is no image {name[:80]!r} in this workspace.")
    return version_at(image, which or names.LATEST)


def require_ready(version: ImageVersion) -> ImageVersion:
    """The version, when an engine can run it. Raises Conflict."""
    if version.state == ImageVersion.State.READY:
        return version
    why = f" {version.problem}" if version.problem else ""
    raise Conflict("image_not_ready", f"{version} is {version.state}, so nothing can be started of it.{why}")


def latest_of(images: Iterable[Image]) -> dict[int, ImageVersion]:
    """The newest version of each image, with its models."""
    rows = versions_with_parts(ImageVersion.objects.filter(image__in=list(images))).order_by("image_id", "-number")
    found: dict[int, ImageVersion] = {}
    for version in rows.defer("layers", "packages", "facts"):
        found.setdefault(version.image_id, version)
    return found


def holding(versions: Sequence[ModelVersion]) -> "QuerySet[ImageModel]":
    """Where these model versions are packed, the newest image first."""
    rows = ImageModel.objects.filter(model_version__in=versions)
    return rows.select_related("version__image__workspace", "model_version__model").order_by("-version_id")


def built_with(versions: Sequence[EnvironmentVersion]) -> "QuerySet[ImageVersion]":
    """The image versions that stand on these environments, the newest first."""
    rows = ImageVersion.objects.filter(environment_version__in=versions).order_by("-pk")
    return rows.select_related("image__workspace", "environment_version__asset")


def tag_named(image: Image, word: str) -> ImageTag | None:
    return ImageTag.objects.filter(image=image, name=word).select_related("version").first()


def names_in(workspace: Workspace, begin: str = "", limit: int = 50) -> list[str]:
    """Names of images, for a picker."""
    rows = Image.objects.filter(workspace=workspace, name__istartswith=begin).order_by("name")
    return list(rows.values_list("name", flat=True)[:limit])


def may_listen(user: User, name: str) -> bool:
    """Whether this person may hear of the version with this id: those who may see it."""
    if not (name.isascii() and name.isdigit() and len(name) < 19):
        return False
    return ImageVersion.objects.for_user(user, Permission.IMAGE_VIEW).filter(pk=int(name)).exists()


def label_versions(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Versions by image and number, for the lineage."""
    keys = [int(key) for key in ids if key.isascii() and key.isdigit()]
    rows = ImageVersion.objects.filter(image__workspace=workspace, pk__in=keys).select_related("image__workspace")
    return {str(row.pk): labels.Label("image", str(row), row.get_absolute_url()) for row in rows}

"""Reads about environments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery

from registry.environments import curated, references
from registry.environments.models import Environment, EnvironmentAsset, EnvironmentBuild, EnvironmentVersion
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage import labels
from studio.lineage import queries as lineage
from studio.lineage.things import Thing

MAX_USERS = 50
MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list of names is narrowed to."""

    words: str = ""
    tag: str = ""
    is_archived: bool = False


def contents_in(workspace: Workspace) -> "QuerySet[Environment]":
    """The workspace's contents, newest first, each with `run_total` and `last_used_at`."""
    return counted(Environment.objects.in_workspace(workspace)).order_by("-created_at", "-id")


def counted(rows: "QuerySet[Environment]") -> "QuerySet[Environment]":
    # `runs` is the other end of the run's foreign key: counted by its name, since the registry knows no runs.
    return rows.annotate(run_total=Count("runs"), last_used_at=Max("runs__created_at"))


def one(pk: int) -> Environment:
    """A content known to exist, with its counts."""
    return counted(Environment.objects.filter(pk=pk)).get()


def used_by(environment: Environment) -> list[str]:
    """The ids of the latest runs that used it, newest first."""
    rows = Environment.objects.filter(pk=environment.pk, runs__isnull=False).order_by("-runs__created_at")
    return list(rows.values_list("runs__id", flat=True)[:MAX_USERS])


def find(workspace: Workspace, ref: Any) -> Environment:
    """The content that a name, a reference or a mapping as in a job file means; made when a definition is new.

    `name`, `name:3`, `name@latest`, `azureml:name:3`, `azureml://registries/azureml/environments/sklearn-1.5/labels/latest`.
    Raises Invalid.
    """
    from registry.environments.services import contents  # which stands on these reads

    return contents.find(workspace=workspace, value=ref).content


def assets_in(workspace: Workspace, wanted: Asked | None = None) -> "QuerySet[EnvironmentAsset]":
    """The workspace's names, each with `version_total`; those whose name or description has every word."""
    wanted = wanted or Asked()
    rows = EnvironmentAsset.objects.filter(workspace=workspace, is_archived=wanted.is_archived).with_words(wanted.words)
    rows = rows.select_related("workspace", "created_by").annotate(version_total=Count("versions"))
    key, mark, value = wanted.tag.partition(":")
    if not key:
        return rows.order_by("name")
    # In Python: the two databases look into JSON differently, and names of tags may hold anything.
    tagged = rows.values_list("pk", "tags")
    return rows.filter(pk__in=[pk for pk, tags in tagged if key in tags and (not mark or tags[key] == value)])


def names(workspace: Workspace) -> list[str]:
    """Names that can be given as an environment: the workspace's own, then those that ship."""
    rows = EnvironmentAsset.objects.filter(workspace=workspace, is_archived=False)
    own = list(rows.order_by("-updated_at").values_list("name", flat=True)[:MOST_NAMES])
    return own + [each.name for each in curated.SHIPPED if each.name not in own]


def asset_named(workspace: Workspace, name: str) -> EnvironmentAsset | None:
    return EnvironmentAsset.objects.filter(workspace=workspace, name=name).select_related("workspace").first()


def versions_of(asset: EnvironmentAsset) -> "QuerySet[EnvironmentVersion]":
    """The versions of a name, newest first."""
    return with_parts(EnvironmentVersion.objects.filter(asset=asset)).order_by("-number")


def with_parts(rows: "QuerySet[EnvironmentVersion]") -> "QuerySet[EnvironmentVersion]":
    return rows.select_related("asset__workspace", "content__context", "content__workspace", "created_by")


def latest(asset: EnvironmentAsset) -> EnvironmentVersion | None:
    """The newest version that is not archived."""
    return versions_of(asset).filter(is_archived=False).first()


def latest_of(assets: Sequence[EnvironmentAsset]) -> dict[int, EnvironmentVersion]:
    """The newest version of each name, by one question for any number of them."""
    newest = EnvironmentVersion.objects.filter(asset=OuterRef("pk"), is_archived=False).order_by("-number")
    ids = [asset.pk for asset in assets]
    tops = EnvironmentAsset.objects.filter(pk__in=ids).annotate(top=Subquery(newest.values("pk")[:1]))
    rows = with_parts(
        EnvironmentVersion.objects.filter(pk__in=[top for top in tops.values_list("top", flat=True) if top])
    )
    return {row.asset_id: row for row in rows}


def version_at(asset: EnvironmentAsset, ref: str) -> EnvironmentVersion:
    """The version of this name, or the newest for `latest`. Raises NotFound."""
    is_latest = ref.lower() == references.LATEST
    found = latest(asset) if is_latest else versions_of(asset).filter(version=ref).first()
    if found is None:
        missing = "no version that is not archived" if is_latest else f"no version {ref[:60]!r}"
        raise NotFound("not_found", f"The environment {asset.name} has {missing}.")
    return found


def with_content(asset: EnvironmentAsset, content: Environment, version: str) -> EnvironmentVersion | None:
    """The version asked for (without `version` the newest) where it holds this content."""
    rows = versions_of(asset)
    found = rows.filter(version=version).first() if version else rows.filter(is_archived=False).first()
    return found if found is not None and found.content_id == content.pk else None


def versions_with(content: Environment) -> list[EnvironmentVersion]:
    """The names and versions that share a content."""
    return list(with_parts(EnvironmentVersion.objects.filter(content=content)).order_by("asset__name", "-number"))


def builds_of(content: Environment) -> "QuerySet[EnvironmentBuild]":
    return EnvironmentBuild.objects.filter(content=content).select_related("job", "created_by").order_by("form")


def lineage_of(version: EnvironmentVersion) -> list[lineage.Step]:
    """What stands on the version, by the lineage."""
    return lineage.down(version.asset.workspace, Thing("environment_version", str(version.pk)))


def label_versions(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Versions by name, for the lineage."""
    keys = [int(key) for key in ids if key.isascii() and key.isdigit()]
    rows = EnvironmentVersion.objects.filter(asset__workspace=workspace, pk__in=keys).select_related("asset__workspace")
    return {str(row.pk): labels.Label("environment", str(row), row.get_absolute_url()) for row in rows}


def version_by_id(workspace: Workspace, pk: int) -> EnvironmentVersion | None:
    return with_parts(EnvironmentVersion.objects.filter(asset__workspace=workspace, pk=pk)).first()


def one_asset(pk: int) -> EnvironmentAsset:
    """A name known to exist, with `version_total`."""
    rows = EnvironmentAsset.objects.filter(pk=pk).select_related("workspace", "created_by")
    return rows.annotate(version_total=Count("versions")).get()


def fresh(version: EnvironmentVersion) -> EnvironmentVersion:
    """The version as it stands now, with its parts."""
    return with_parts(EnvironmentVersion.objects.filter(pk=version.pk)).get()


def newest_version_id(workspace: Workspace) -> int:
    """What tells a version that a call has made from one that was there before."""
    rows = EnvironmentVersion.objects.filter(asset__workspace=workspace)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def has_archived(workspace: Workspace) -> bool:
    return EnvironmentAsset.objects.filter(workspace=workspace, is_archived=True).exists()


def content_with(workspace: Workspace, digest: str) -> Environment | None:
    return Environment.objects.filter(workspace=workspace, digest=digest).select_related("workspace").first()


def build_with_parts(build: EnvironmentBuild) -> EnvironmentBuild:
    """The build as it stands now, with its parts."""
    return EnvironmentBuild.objects.select_related("content__workspace", "job", "created_by").get(pk=build.pk)

"""Reads about data assets and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from registry.data import names, uris
from registry.data.assets import manifest
from registry.data.assets.models import DataAsset, DataVersion
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.errors import Conflict, NotFound
from studio.lineage import labels
from studio.lineage import queries as lineage
from studio.lineage.things import Thing

State = DataVersion.State
MOST_LOOKED_AT = 50  # versions whose manifests are searched for one file


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of assets is narrowed to."""

    words: str = ""
    type: str = ""
    tag: str = ""
    is_archived: bool = False


def assets_in(workspace: Workspace, *, words: str = "", is_archived: bool = False) -> "QuerySet[DataAsset]":
    """Those whose name or description has every word."""
    rows = DataAsset.objects.filter(workspace=workspace, is_archived=is_archived).with_words(words)
    return rows.select_related("workspace", "created_by")


def asked(workspace: Workspace, wanted: Asked) -> "QuerySet[DataAsset]":
    """Those whose name or description has every word, of one type, with a tag (`key` or `key:value`)."""
    rows = assets_in(workspace, words=wanted.words, is_archived=wanted.is_archived)
    if wanted.type:
        rows = rows.filter(type=wanted.type)
    key, mark, value = wanted.tag.partition(":")
    if not key:
        return rows
    # In Python: the two databases look into JSON differently, and names of tags may hold anything.
    tagged = rows.values_list("pk", "tags")
    return rows.filter(pk__in=[pk for pk, tags in tagged if key in tags and (not mark or tags[key] == value)])


def latest_of(asset_ids: Sequence[int]) -> dict[int, DataVersion]:
    """The newest version of each asset, by one question for any number of them."""
    newest = _in_order(DataVersion.objects.filter(asset=OuterRef("pk"))).values("pk")[:1]
    tops = DataAsset.objects.filter(pk__in=asset_ids).annotate(top=Subquery(newest)).values_list("top", flat=True)
    rows = with_parts(DataVersion.objects.filter(pk__in=[top for top in tops if top]))
    return {row.asset_id: row for row in rows}


def latest_names(asset_ids: Sequence[int]) -> dict[int, str]:
    """The name of the newest version of each asset."""
    return {key: version.version for key, version in latest_of(asset_ids).items()}


def version_counts(asset_ids: Sequence[int]) -> dict[int, int]:
    rows = DataVersion.objects.filter(asset__in=list(asset_ids)).values_list("asset").annotate(count=Count("pk"))
    return dict(rows.order_by())


def with_all(version: DataVersion) -> DataVersion:
    """The version as it stands now, with its parts."""
    return with_parts(DataVersion.objects.all()).get(pk=version.pk)


def versions_of(asset: DataAsset, *, with_archived: bool = True) -> "QuerySet[DataVersion]":
    """The versions of an asset, newest first."""
    rows = with_parts(DataVersion.objects.filter(asset=asset))
    return rows if with_archived else rows.filter(is_archived=False)


def with_parts(rows: "QuerySet[DataVersion]") -> "QuerySet[DataVersion]":
    return rows.select_related("asset__workspace", "datastore__workspace", "created_by", "manifest")


def asset_named(workspace: Workspace, name: str) -> DataAsset | None:
    return DataAsset.objects.filter(workspace=workspace, name=name).select_related("workspace").first()


def latest(asset: DataAsset) -> DataVersion | None:
    """The newest version that `latest` means: not archived, not failed; a pending one counts, since it was asked for."""
    return _in_order(versions_of(asset)).first()


def version_at(asset: DataAsset, ref: str) -> DataVersion:
    """The version of this name, or the newest for `latest`. Raises NotFound."""
    found = latest(asset) if ref.lower() == names.LATEST else versions_of(asset).filter(version=ref).first()
    if found is None:
        words = "no version that can be read" if ref.lower() == names.LATEST else f"no version {ref[:80]!r}"
        raise NotFound("not_found", f"The data asset {asset.name} has {words}.")
    return found


def resolve(workspace: Workspace, ref: str) -> DataVersion:
    """The version that a reference names: `azureml:cars@latest`, `azureml:cars:3`, `cars`, a resource id.

    It may still be pending (`require_ready`). Raises NotFound, and Invalid for what is no reference.
    """
    wanted = uris.asset_ref(ref)
    asset = asset_named(workspace, wanted.name)
    if asset is None:
        raise NotFound(
            "not_found", f"There is no data asset {wanted.name!r} in this workspace.", hint="Look at the page Data."
        )
    return version_at(asset, wanted.version or wanted.label)


def require_ready(version: DataVersion) -> DataVersion:
    """The version, when its files have been read. Raises Conflict `data_not_ready`."""
    if version.state == State.READY:
        return version
    if version.state == State.FAILED:
        raise Conflict("data_not_ready", f"{version} can't be used: {version.problem}", hint="Register it again.")
    raise Conflict(
        "data_not_ready", f"The files of {version} are still being read.", hint="Try again in a moment."
    )  # fmt: skip


def used_by(version: DataVersion) -> list[lineage.Step]:
    """What read the version, by the lineage."""
    return lineage.down(version.asset.workspace, _thing(version))


def came_from(version: DataVersion) -> list[lineage.Step]:
    """What made the version, by the lineage."""
    return lineage.up(version.asset.workspace, _thing(version))


def label_versions(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Versions by name, for the lineage."""
    keys = [int(key) for key in ids if key.isascii() and key.isdigit()]
    rows = DataVersion.objects.filter(asset__workspace=workspace, pk__in=keys).select_related("asset__workspace")
    return {str(row.pk): labels.Label("data version", str(row), row.get_absolute_url()) for row in rows}


def versions_at(datastore: Datastore, path: str) -> list[DataVersion]:
    """The versions that hold the file at this place: `registry.data.transfers.holds` asks before it is replaced."""
    folders = ["", *(path[:at] for at, letter in enumerate(path) if letter == "/"), path]
    rows = with_parts(DataVersion.objects.filter(datastore=datastore, path__in=folders)).exclude(state=State.FAILED)
    return [row for row in rows.order_by("pk")[:MOST_LOOKED_AT] if _holds(row, path)]


def why_held(datastore: Datastore, path: str) -> list[str]:
    """One sentence for each version that holds the file."""
    return [f"It is a file of the data version {version}." for version in versions_at(datastore, path)[:5]]


def versions_from_runs(workspace: Workspace, run_ids: Sequence[str]) -> "QuerySet[DataVersion]":
    """The versions that these runs made."""
    rows = DataVersion.objects.filter(asset__workspace=workspace, run_id__in=[each for each in run_ids if each])
    return with_parts(rows).order_by("asset__name", "number")


def _holds(version: DataVersion, path: str) -> bool:
    if version.path == path or version.state == State.PENDING:
        return True
    inner = path[len(version.path) + 1 :] if version.path else path
    return manifest.find(version.manifest, inner) is not None


def _in_order(rows: "QuerySet[DataVersion]") -> "QuerySet[DataVersion]":
    return rows.filter(~Q(state=State.FAILED), is_archived=False).order_by("-number")


def _thing(version: DataVersion) -> Thing:
    return Thing("data_version", str(version.pk))

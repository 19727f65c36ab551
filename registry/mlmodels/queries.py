"""Reads about models and versions."""

from collections.abc import Iterable, Sequence

from django.db.models import Count, Max, QuerySet

from registry.mlmodels import names, search
from registry.mlmodels.models import (
    PROMPT_TAG,
    ModelAlias,
    ModelCheck,
    ModelVersion,
    ModelVersionFile,
    RegisteredModel,
    StageRequest,
)
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage import labels
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from studio.storage.shelves import Entry, Shelf


def model_named(workspace: Workspace, name: str) -> RegisteredModel | None:
    return RegisteredModel.objects.filter(workspace=workspace, name=name).first()


def has_archived(workspace: Workspace) -> bool:
    """Whether any model of the workspace is archived."""
    return RegisteredModel.objects.filter(workspace=workspace, is_archived=True).exists()


def with_parts(rows: "QuerySet[RegisteredModel]") -> "QuerySet[RegisteredModel]":
    """Models with tags and aliases at hand: two more queries for any number of rows."""
    return rows.select_related("workspace", "created_by").prefetch_related("tags", "aliases__version")


def versions_with_parts(rows: "QuerySet[ModelVersion]") -> "QuerySet[ModelVersion]":
    return rows.select_related("model__workspace", "created_by").prefetch_related("tags", "aliases")


def version_at(model: RegisteredModel, ref: str | int) -> ModelVersion:
    """The version of this number, alias or `latest`, with tags and aliases. Raises NotFound, Invalid."""
    rows = versions_with_parts(ModelVersion.objects.filter(model=model))
    text = str(ref)
    if text.lower() == names.LATEST:
        found = rows.order_by("-number").first()
    elif text.isascii() and text.isdigit():
        found = rows.filter(number=names.number(text)).first()
    else:
        found = rows.filter(aliases__name=names.alias(text)).first()
    if found is None:
        raise NotFound("not_found", f"The model {model.name} has no version {text[:80]!r}.")
    return found


def latest_by_stage(model_ids: Iterable[int], stages: Sequence[str] = ()) -> dict[int, list[ModelVersion]]:
    """The newest version of each stage of each model, lowest number first."""
    rows = ModelVersion.objects.filter(model__in=list(model_ids))
    if stages:
        rows = rows.filter(stage__in=stages)
    tops = rows.values("model_id", "stage").annotate(top=Max("number")).values_list("model_id", "top")
    wanted = set(tops)
    found: dict[int, list[ModelVersion]] = {}
    numbers = {number for _, number in wanted}
    models = {model for model, _ in wanted}
    candidates = ModelVersion.objects.filter(model__in=models, number__in=numbers)
    for version in versions_with_parts(candidates).order_by("number"):
        if (version.model_id, version.number) in wanted:
            found.setdefault(version.model_id, []).append(version)
    return found


def is_prompt(model: RegisteredModel) -> bool:
    """Whether MLflow's client keeps a prompt under this name (the tags are at hand after `with_parts`)."""
    return any(tag.key == PROMPT_TAG and tag.value.lower() == "true" for tag in model.tags.all())


def versions_from_runs(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, list[ModelVersion]]:
    """The versions that were registered from each of these runs; runs without any are left out."""
    rows = ModelVersion.objects.filter(model__workspace=workspace, run_id__in=list(run_ids))
    found: dict[str, list[ModelVersion]] = {}
    parts = rows.select_related("model__workspace").prefetch_related("aliases")
    for version in parts.order_by("model__name", "number"):
        found.setdefault(version.run_id, []).append(version)
    return found


def versions_of_logged_models(workspace: Workspace, ids: Sequence[str]) -> dict[str, list[ModelVersion]]:
    """The versions that were registered from each of these logged models."""
    rows = ModelVersion.objects.filter(model__workspace=workspace, logged_model_id__in=list(ids))
    found: dict[str, list[ModelVersion]] = {}
    for version in rows.select_related("model__workspace").order_by("model__name", "number"):
        found.setdefault(version.logged_model_id, []).append(version)
    return found


def came_from(version: ModelVersion) -> list[lineage.Step]:
    """What the version was made of, by the lineage."""
    return lineage.up(version.model.workspace, Thing("model_version", str(version.pk)))


def label_versions(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Versions by model and number, for the lineage."""
    keys = [int(key) for key in ids if key.isascii() and key.isdigit()]
    rows = ModelVersion.objects.filter(model__workspace=workspace, pk__in=keys).select_related("model__workspace")
    return {
        str(row.pk): labels.Label("model version", f"{row.model.name}:{row.number}", row.get_absolute_url())
        for row in rows
    }


def names_in(workspace: Workspace, begin: str = "", limit: int = 50) -> list[str]:
    """Names of models, for a picker."""
    rows = search.models(workspace).filter(name__istartswith=begin).order_by("name")
    return list(rows.values_list("name", flat=True)[:limit])


def version_counts(model_ids: Sequence[int]) -> dict[int, int]:
    """How many versions each model has now."""
    rows = ModelVersion.objects.filter(model__in=list(model_ids)).values_list("model").annotate(count=Count("pk"))
    return dict(rows.order_by())


def versions_of(model: RegisteredModel) -> "QuerySet[ModelVersion]":
    """All versions of a model, newest first."""
    return ModelVersion.objects.filter(model=model).order_by("-number")


def newest(model: RegisteredModel) -> ModelVersion | None:
    return versions_with_parts(ModelVersion.objects.filter(model=model)).order_by("-number").first()


def paths(version: ModelVersion, limit: int = 300) -> list[str]:
    """The paths of its first files."""
    return list(ModelVersionFile.objects.filter(version=version).values_list("path", flat=True)[:limit])


def first_below(version: ModelVersion, folder: str) -> str:
    """The path of the first file below a folder."""
    return files_of(version, folder).values_list("path", flat=True).first() or folder


def shelf_of(version: ModelVersion) -> Shelf[ModelVersionFile]:
    """Where the version's files stand."""
    return Shelf(ModelVersionFile, {"version": version}, version.model.workspace, what="this version")


def files_of(version: ModelVersion, folder: str = "") -> "QuerySet[ModelVersionFile]":
    """The files below a folder, by path; all of them without one."""
    return shelf_of(version).rows(folder)


def file_at(version: ModelVersion, path: str) -> ModelVersionFile:
    """The file of exactly this path. Raises NotFound."""
    return shelf_of(version).at(path)


def listing(version: ModelVersion, folder: str = "", *, is_recursive: bool = False) -> list[Entry]:
    """What lies right in a folder, folders first; every file below it when `is_recursive`."""
    return shelf_of(version).contents(folder, is_recursive=is_recursive)


def alias_of(model: RegisteredModel, name: str) -> ModelAlias | None:
    return ModelAlias.objects.filter(model=model, name=name).select_related("version").first()


def stage_requests(version: ModelVersion, limit: int = 50) -> list[StageRequest]:
    """Who asked that the version goes where, newest first."""
    return list(_requests(version)[:limit])


def stage_request(version: ModelVersion, pk: int) -> StageRequest:
    """One request of the version. Raises NotFound."""
    found = _requests(version).filter(pk=min(pk, 2**31 - 1)).first()
    if found is None:
        raise NotFound("not_found", f"{version} has no request {pk}.")
    return found


def open_request(version: ModelVersion) -> StageRequest | None:
    return _requests(version).filter(state=StageRequest.State.PENDING).first()


def checks_of(version: ModelVersion) -> list[ModelCheck]:
    return list(ModelCheck.objects.filter(version=version).select_related("created_by"))


def _requests(version: ModelVersion) -> "QuerySet[StageRequest]":
    rows = StageRequest.objects.filter(version=version)
    return rows.select_related("version__model__workspace", "requested_by", "decided_by")

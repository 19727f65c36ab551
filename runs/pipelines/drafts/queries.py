"""Reads about pipelines, their drafts and versions."""

from django.db.models import OuterRef, QuerySet, Subquery

from runs.pipelines.models import Pipeline, PipelineRun, PipelineVersion
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.errors import NotFound


def pipelines_in(
    workspace: Workspace, *, words: str = "", is_archived: bool = False, purpose: str = ""
) -> "QuerySet[Pipeline]":
    """Those whose name or description has every word; each with `last_run_id`."""
    rows = Pipeline.objects.filter(workspace=workspace, is_archived=is_archived)
    if purpose:
        rows = rows.filter(purpose=purpose)
    rows = rows.with_words(words)
    last = PipelineRun.objects.filter(pipeline=OuterRef("pk")).order_by("-run__created_at", "-run_id")
    rows = rows.annotate(last_run_id=Subquery(last.values("run_id")[:1]))
    return rows.select_related("workspace", "created_by", "updated_by", "made_of")


def runs_by_id(ids: list[str]) -> dict[str, Run]:
    """The runs of these ids with what a line of a table says about them."""
    rows = Run.objects.filter(pk__in=[each for each in ids if each]).select_related("workspace")
    return {row.pk: row for row in rows}


def runs_of(pipeline: Pipeline) -> "QuerySet[PipelineRun]":
    """Newest first."""
    rows = PipelineRun.objects.filter(pipeline=pipeline).select_related("run__workspace", "run__created_by", "version")
    return rows.order_by("-run__created_at", "-run_id")


def pipeline_at(workspace: Workspace, pk: int) -> Pipeline | None:
    return Pipeline.objects.filter(workspace=workspace, pk=pk).select_related("workspace").first()


def current(pipeline: Pipeline) -> Pipeline:
    """The pipeline as it stands now."""
    return Pipeline.objects.select_related("workspace", "created_by", "updated_by", "made_of").get(pk=pipeline.pk)


def versions_of(pipeline: Pipeline) -> "QuerySet[PipelineVersion]":
    """Newest first."""
    rows = PipelineVersion.objects.filter(pipeline=pipeline).select_related("pipeline__workspace", "created_by")
    return rows.order_by("-number")


def version_at(pipeline: Pipeline, number: str | int) -> PipelineVersion:
    """The version of this number, or the newest for `latest`. Raises NotFound."""
    ref = str(number)
    is_number = ref.isascii() and ref.isdigit() and len(ref) < 10
    rows = versions_of(pipeline)
    found = rows.first() if ref == "latest" else rows.filter(number=int(ref)).first() if is_number else None
    if found is None:
        words = "no version yet" if ref == "latest" else f"no version {ref[:20]!r}"
        raise NotFound("not_found", f"The pipeline {pipeline.name} has {words}.", hint="Look at its list of versions.")
    return found


def taken_names(workspace: Workspace, beginning: str) -> set[str]:
    """Names of pipelines that begin so."""
    rows = Pipeline.objects.filter(workspace=workspace, name__startswith=beginning)
    return set(rows.values_list("name", flat=True))


def document_at(pipeline: Pipeline, ref: str) -> dict[str, object]:
    """The document of a version (its number, or `latest`), or the draft's (`draft`). Raises NotFound."""
    found: dict[str, object] = pipeline.document if ref == "draft" else version_at(pipeline, ref).document
    return found

"""Reads about published pipelines."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

from runs.pipelines.models import PipelineEndpoint, PipelineEndpointVersion, PipelineRun
from studio.access.models import Workspace
from studio.errors import NotFound


def endpoints_in(workspace: Workspace, words: str = "") -> "QuerySet[PipelineEndpoint]":
    """Those whose name or description has every word; each with `last_run_id`."""
    rows = PipelineEndpoint.objects.filter(workspace=workspace).with_words(words)
    last = PipelineRun.objects.filter(endpoint=OuterRef("pk")).order_by("-run__created_at", "-run_id")
    rows = rows.annotate(last_run_id=Subquery(last.values("run_id")[:1]))
    return rows.select_related("workspace", "created_by").order_by("name")


def endpoint_named(workspace: Workspace, name: str) -> PipelineEndpoint | None:
    return PipelineEndpoint.objects.filter(workspace=workspace, name=name).select_related("workspace").first()


def current(endpoint: PipelineEndpoint) -> PipelineEndpoint:
    """The endpoint as it stands now."""
    return PipelineEndpoint.objects.select_related("workspace", "created_by").get(pk=endpoint.pk)


def versions_of(endpoint: PipelineEndpoint) -> "QuerySet[PipelineEndpointVersion]":
    """Newest first."""
    rows = PipelineEndpointVersion.objects.filter(endpoint=endpoint)
    return rows.select_related("endpoint__workspace", "created_by", "source__pipeline__workspace").order_by("-number")


def version_at(endpoint: PipelineEndpoint, number: int) -> PipelineEndpointVersion:
    """Raises NotFound."""
    found = versions_of(endpoint).filter(number=number).first() if 0 < number < 2**31 else None
    if found is None:
        raise NotFound("not_found", f"The published pipeline {endpoint.name} has no version {str(number)[:20]}.")
    return found


def answering(endpoint: PipelineEndpoint | None) -> Mapping[str, Any]:
    """The document of the version that answers calls; nothing where there is none."""
    if endpoint is None:
        return {}
    found = answering_version(endpoint)
    return found.document if found else {}


def answering_version(endpoint: PipelineEndpoint) -> PipelineEndpointVersion | None:
    """The version that answers calls; a row of `with_answering` has brought it along."""
    rows: list[PipelineEndpointVersion] | None = getattr(endpoint, "answering_rows", None)
    if rows is not None:
        return rows[0] if rows else None
    return versions_of(endpoint).filter(number=endpoint.default_version).first()


def with_answering(rows: "QuerySet[PipelineEndpoint]") -> "QuerySet[PipelineEndpoint]":
    """The same rows, the version that answers of all of them asked for at once."""
    theirs = PipelineEndpointVersion.objects.filter(number=F("endpoint__default_version"))
    return rows.prefetch_related(Prefetch("versions", theirs, to_attr="answering_rows"))


def runs_of(endpoint: PipelineEndpoint) -> "QuerySet[PipelineRun]":
    """Newest first."""
    rows = PipelineRun.objects.filter(endpoint=endpoint)
    return rows.select_related("run__workspace", "run__created_by", "run__experiment").order_by(
        "-run__created_at", "-run_id"
    )

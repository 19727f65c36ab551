"""The pipelines and the runs under way that name a version of a component."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from runs.components import references
from runs.components.models import ComponentVersion
from runs.components.uses import Use
from runs.pipelines.document import graph
from runs.pipelines.models import Pipeline, PipelineRun
from runs.tracking.models import FINAL_STATES

MOST = 200


def of(versions: Sequence[ComponentVersion]) -> list[Use]:
    """Runs under way hold what they need; drafts that name it are told at the node when it is gone."""
    if not versions:
        return []
    component = versions[0].component
    return [*_runs(versions), *_drafts(component.workspace_id, component.name, versions)]


def _runs(versions: Sequence[ComponentVersion]) -> list[Use]:
    workspace = versions[0].component.workspace_id
    rows = PipelineRun.objects.filter(run__workspace=workspace).exclude(run__state__in=FINAL_STATES)
    wanted = {version.reference for version in versions}
    found = []
    for row in rows.select_related("run__workspace").order_by("-run__created_at")[:MOST]:
        if wanted & set(row.document.get("pinned") or {}):
            found.append(Use(f"the run {row.run.name}", row.run.get_absolute_url(), "run", holds=True))
    return found


def _drafts(workspace_id: int, name: str, versions: Sequence[ComponentVersion]) -> list[Use]:
    rows = Pipeline.objects.filter(workspace=workspace_id, is_archived=False).select_related("workspace")
    rows = rows.annotate(as_text=Cast("document", TextField())).filter(as_text__contains=name)
    wanted = {version.version for version in versions}
    return [
        Use(row.name, row.get_absolute_url(), "pipeline")
        for row in rows.order_by("-updated_at")[:MOST]
        if any(_names(level, name, wanted) for _, level in graph.levels(row.document))
    ]


def _names(level: Mapping[str, Any], name: str, versions: set[str]) -> bool:
    for node in (level.get("jobs") or {}).values():
        component = node.get("component") if isinstance(node, Mapping) else None
        named = references.read(component) if isinstance(component, str) else None
        if named is not None and not named.is_own and named.name == name and named.version in ("", *versions):
            return True
    return False

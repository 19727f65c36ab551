"""What the page of the canvas is told before it asks for anything."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static

from compute.targets import queries as targets
from runs.pipelines.drafts import queries, shown
from runs.pipelines.models import Pipeline
from studio import access
from studio.access import Permission
from studio.web.context import address
from studio.web.templatetags.ui import STATES


@dataclass(frozen=True, slots=True)
class Can:
    edit: bool
    run: bool
    make_model: bool


@dataclass(frozen=True, slots=True)
class DesignerPage:
    pipeline: Pipeline
    trail: list[tuple[str, str]]
    config: dict[str, Any]
    can: Can


def designer_page(request: HttpRequest, pipeline: Pipeline) -> DesignerPage:
    workspace, slug = pipeline.workspace, pipeline.workspace.slug
    may = Can(
        edit=access.allows(request, Permission.PIPELINE_EDIT, workspace) and not pipeline.is_archived,
        run=access.allows(request, Permission.RUN_SUBMIT, workspace) and not pipeline.is_archived,
        make_model=access.allows(request, Permission.MODEL_EDIT, workspace)
        and pipeline.purpose == Pipeline.Purpose.REALTIME
        and not pipeline.is_archived,
    )
    config = {
        "id": pipeline.pk,
        "name": pipeline.name,
        "workspace": slug,
        "canEdit": may.edit,
        "canRun": may.run,
        "canStop": access.allows(request, Permission.RUN_STOP, workspace),
        "isArchived": pipeline.is_archived,
        "draft": shown.draft(pipeline),
        "lastRun": _last_run(request, pipeline),
        "compute": [target.name for target in targets.targets_in(workspace)],
        "states": {name: list(shape) for name, shape in STATES.items()},
        "glyphs": static("img/glyphs.svg"),
        "urls": {
            "api": f"/api/v1/workspaces/{slug}/",
            "pages": f"/w/{slug}/",
            "list": address("pipeline-list", workspace=slug),
            "versions": address("pipeline-versions", workspace=slug, pk=str(pipeline.pk)),
        },
    }
    trail = [("Designer", address("pipeline-list", workspace=slug)), (pipeline.name, "")]
    return DesignerPage(pipeline, trail, config, may)


def _last_run(request: HttpRequest, pipeline: Pipeline) -> dict[str, Any] | None:
    """The newest run that this person may see, with what it carried out: its states stand on the nodes."""
    if not access.allows(request, Permission.RUN_VIEW, pipeline.workspace):
        return None
    found = queries.runs_of(pipeline).filter(run__deleted_at=None).first()
    if found is None:
        return None
    return {
        "id": found.run_id,
        "name": found.run.name,
        "state": found.run.state,
        "url": found.run.get_absolute_url(),
        "document": {part: found.document.get(part) or {} for part in ("inputs", "jobs")},
    }

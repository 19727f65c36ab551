"""A pipeline's run over REST: its steps as they stand, and having it done again."""

from collections import Counter
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import secret_values
from runs.pipelines.engine import queries, serializers, services
from runs.pipelines.models import PipelineRun, Step
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api import fields
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView


class OnePipelineRun(WorkspaceAPIView):
    """Every step with its state, what it waits for, its times, and why it was or was not reused."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="pipeline_runs_retrieve", responses={200: serializers.PipelineRunAnswer})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return Response(_shown(queries.pipeline_run_of(run)))


class Rerun(WorkspaceAPIView):
    """The same pipeline with the same inputs, as a new run."""

    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}

    @extend_schema(request=serializers.RerunPipeline, responses={201: serializers.PipelineRerunAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        values = fields.clean(serializers.RerunPipeline, request.data)
        made = services.rerun(actor=request.user, run=run, open_secrets=secret_values.open_to(request.auth), **values)
        return Response({"run_id": made.pk, "name": made.name, "url": made.get_absolute_url()}, status=201)


def _shown(found: PipelineRun) -> dict[str, Any]:
    steps, needs = queries.steps_of(found.run), queries.needs_of(found.run)
    paths = {step.pk: step.path for step in steps}
    return {
        "run_id": found.pk,
        "name": found.run.name,
        "url": found.run.get_absolute_url(),
        "state": found.run.state,
        "note": found.run.note,
        "origin": found.origin,
        "pipeline_id": found.pipeline_id,
        "version": found.version.number if found.version else None,
        "rerun_of": found.rerun_of_id,
        "is_forced": found.is_forced,
        "is_canceling": found.cancel_requested_at is not None and not found.run.is_finished,
        "inputs": found.inputs,
        "outputs": found.outputs,
        "counts": dict(Counter(step.state for step in steps)),
        "steps": [_step(step, paths, needs.get(step.pk, [])) for step in steps],
    }


def _step(step: Step, paths: dict[int, str], needs: list[str]) -> dict[str, Any]:
    plain = (
        "path", "name", "label", "kind", "component", "state", "run_id", "attempt", "problem", "reuse_note", "item",
        "inputs", "outputs", "ready_at", "started_at", "ended_at",
    )  # fmt: skip
    return {
        **{name: getattr(step, name) for name in plain},
        "parent": paths.get(step.parent_id or 0),
        "needs": needs,
        "reused_run_id": step.reused_from.pipeline_run_id if step.reused_from else None,
        "reused_step": step.reused_from.path if step.reused_from else None,
    }

"""Opening, reading, updating and throwing away runs."""

from typing import Any, ClassVar, cast

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowView
from runs.mlflow_api.tracking import finding, jobs_of_callers, run_shapes, times, well_known
from runs.tracking.models import Run, RunState
from runs.tracking.names import new_run_name
from runs.tracking.services import reported
from runs.trash import services as trash
from studio.access import Permission
from studio.accounts.models import User


class CreateRun(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        started_at = fields.time_ms(body, "start_time")
        name, tags, user = fields.text(body, "run_name"), fields.tag_map(body), fields.text(body, "user_id")
        experiment = finding.experiment(
            request, self.workspace, fields.text(body, "experiment_id"), Permission.EXPERIMENT_VIEW, is_active=True
        )
        parent = jobs_of_callers.parent_for(request, self.workspace, tags.get(well_known.PARENT, ""))
        if user not in ("", "unknown"):
            tags.setdefault(well_known.USER, user)
        actor, kept = cast(User, request.user), well_known.remaining(tags, has_parent=parent is not None)
        run = reported.open_run(
            actor=actor,
            experiment=experiment,
            parent=parent,
            opening=reported.Opening(
                name=_name(name, tags.get(well_known.RUN_NAME, "")),
                started_at=times.from_ms(started_at) if started_at else timezone.now(),
                source="mlflow",
                description=tags.get(well_known.NOTE, ""),
                command=tags.get(well_known.SOURCE_NAME, ""),
                git=well_known.git_of(tags),
                tags=kept,
            ),
        )
        return Response({"run": run_shapes.of_new(run, kept, actor)})


class GetRun(MlflowView):
    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        run_id = fields.required(fields.body_of(request), "run_id", "run_uuid")
        run = finding.run(request, self.workspace, run_id, Permission.RUN_VIEW, is_active=False)
        return Response({"run": run_shapes.one(run.pk)})


class UpdateRun(MlflowView):
    """Status, end and name. What the client says of a run with a job is heard and changes nothing: its runner knows."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        run_id = fields.required(body, "run_id", "run_uuid")
        state, ended_at = _state(body), fields.time_ms(body, "end_time")
        name = fields.text(body, "run_name")
        run = finding.run(request, self.workspace, run_id, Permission.RUN_LOG)
        if name:
            reported.describe(run=run, changes={"name": well_known.one_line(name)}, tags={})
        if state is not None:
            ended = times.from_ms(ended_at) if ended_at else None
            reported.report_state(actor=cast(User, request.user), run=run, to=state, ended_at=ended)
        return Response({"run_info": run_shapes.one(run.pk)["info"]})


class DeleteRun(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_DELETE}

    def post(self, request: Request, workspace: str) -> Response:
        trash.trash_run(actor=cast(User, request.user), run=_named(self, request))
        return Response({})


class RestoreRun(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_DELETE}

    def post(self, request: Request, workspace: str) -> Response:
        trash.restore_run(actor=cast(User, request.user), run=_named(self, request))
        return Response({})


def _named(view: MlflowView, request: Request) -> Run:
    run_id = fields.required(fields.body_of(request), "run_id", "run_uuid")
    return finding.run(request, view.workspace, run_id, Permission.RUN_DELETE, is_active=False)


def _name(given: str, tag: str) -> str:
    if given and tag and given != tag:
        raise fields.bad(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name='{given}', mlflow.runName='{tag}')."
        )
    name = given or tag
    return well_known.one_line(name) if name else new_run_name()


def _state(body: fields.Body) -> RunState | None:
    """The status as a word or as the number it has in MLflow's protocol."""
    numbers: dict[Any, str] = dict(enumerate(("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"), start=1))
    value = body.get("status")
    if value is None or value == "":
        return None
    word = numbers.get(value, value) if isinstance(value, int | str) else None
    if word not in run_shapes.STATES:
        raise fields.invalid_type("status", value)
    return run_shapes.STATES[word]

"""Experiments: made, found, renamed, tagged and thrown away."""

from typing import Any, ClassVar, cast

from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowError, MlflowView
from runs.mlflow_api.tracking import experiment_queries, finding, run_shapes, well_known
from runs.tracking.models import Experiment
from runs.tracking.services import experiments
from runs.trash import services as trash
from studio.access import Permission
from studio.accounts.models import User
from studio.errors import Conflict

MAX_TAG = 20_000


class CreateExperiment(MlflowView):
    # A job's token may: its script names the experiment of the runs it opens.
    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        name = fields.required(body, "name")
        fields.check_length("name", name, experiments.MAX_NAME)
        location = fields.text(body, "artifact_location")
        fields.check_length("artifact_location", location, 1024)
        if location.startswith("runs:"):
            raise fields.bad(f"Artifact location cannot be a runs:/ URI. Given: '{location}'")
        tags = fields.tag_map(body, limit=MAX_TAG)
        note = tags.pop(well_known.NOTE, "")
        actor = cast(User, request.user)
        try:
            made = experiments.create_experiment(
                actor=actor, workspace=self.workspace, name=name, artifact_location=location, tags=tags
            )
        except Conflict as error:
            raise _exists(name) from error
        if note:
            experiments.edit_experiment(actor=actor, experiment=made, description=note)
        return Response({"experiment_id": run_shapes.experiment_id(made.pk, made.path)})


class GetExperiment(MlflowView):
    policy: ClassVar = {"GET": Permission.EXPERIMENT_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        found = _experiment(self, request, Permission.EXPERIMENT_VIEW)
        return Response({"experiment": experiment_queries.shape(found)})


class GetExperimentByName(MlflowView):
    policy: ClassVar = {"GET": Permission.EXPERIMENT_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        name = fields.required(fields.body_of(request), "experiment_name")
        if name == experiments.DEFAULT_PATH:
            finding.default_experiment(self.workspace)
        found = experiment_queries.named(self.workspace, name)
        if found is None:
            raise MlflowError("RESOURCE_DOES_NOT_EXIST", f"Could not find experiment with name '{name}'")
        return Response({"experiment": experiment_queries.shape(found)})


class SearchExperiments(MlflowView):
    policy: ClassVar = {"GET": Permission.EXPERIMENT_VIEW, "POST": Permission.EXPERIMENT_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request, "order_by")
        finding.default_experiment(self.workspace)
        found, token = experiment_queries.search(
            self.workspace,
            text=fields.text(body, "filter"),
            order_by=fields.texts(body, "order_by"),
            is_active=view_of(body, "view_type"),
            limit=_limit(body),
            token=fields.text(body, "page_token"),
        )
        return Response({"experiments": found, **({"next_page_token": token} if token else {})})

    post = get


class UpdateExperiment(MlflowView):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        name = fields.required(fields.body_of(request), "new_name")
        fields.check_length("name", name, experiments.MAX_NAME)
        found = _experiment(self, request, Permission.EXPERIMENT_EDIT)
        if found.deleted_at is not None:
            raise MlflowError("INVALID_STATE", "Cannot rename a non-active experiment.")
        if found.path == experiments.DEFAULT_PATH != name:
            raise fields.bad("The experiment Default keeps its name: it is where runs go that name no experiment.")
        try:
            experiments.rename_experiment(actor=cast(User, request.user), experiment=found, name=name)
        except Conflict as error:
            raise _exists(name) from error
        return Response({})


class DeleteExperiment(MlflowView):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_DELETE}

    def post(self, request: Request, workspace: str) -> Response:
        found = _experiment(self, request, Permission.EXPERIMENT_DELETE)
        if found.deleted_at is not None:
            raise _missing(found)
        trash.trash_experiment(actor=cast(User, request.user), experiment=found)
        return Response({})


class RestoreExperiment(MlflowView):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_DELETE}

    def post(self, request: Request, workspace: str) -> Response:
        found = _experiment(self, request, Permission.EXPERIMENT_DELETE)
        if found.deleted_at is None:
            raise _missing(found)
        trash.restore_experiment(actor=cast(User, request.user), experiment=found)
        return Response({})


class SetExperimentTag(MlflowView):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        key, value = fields.required(body, "key"), fields.text(body, "value")
        fields.check_tag(key, value, limit=MAX_TAG)
        found = _experiment(self, request, Permission.EXPERIMENT_EDIT, is_active=True)
        actor = cast(User, request.user)
        if key == well_known.NOTE:
            experiments.edit_experiment(actor=actor, experiment=found, description=value)
        else:
            experiments.set_tags(actor=actor, experiment=found, tags={key: value})
        return Response({})


class DeleteExperimentTag(MlflowView):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        key = fields.required(fields.body_of(request), "key")
        found = _experiment(self, request, Permission.EXPERIMENT_EDIT, is_active=True)
        shown = {tag["key"] for tag in experiment_queries.shape(found)["tags"]}
        if key not in shown:
            raise MlflowError(
                "RESOURCE_DOES_NOT_EXIST", f"No tag with name: {key} in experiment with id {_shown_id(found)}"
            )
        actor = cast(User, request.user)
        if key == well_known.NOTE:
            experiments.edit_experiment(actor=actor, experiment=found, description="")
        else:
            experiments.set_tags(actor=actor, experiment=found, tags={key: None})
        return Response({})


def view_of(body: fields.Body, name: str) -> bool | None:
    """Whether to show what is active (True), in the trash (False) or both (None)."""
    value: Any = body.get(name) or "ACTIVE_ONLY"
    if isinstance(value, str) and value.isdigit():
        value = fields.as_whole(value)
    if not isinstance(value, str | int) or value not in experiment_queries.VIEWS:
        raise fields.invalid_type(name, body.get(name))
    return experiment_queries.VIEWS[value]


def _limit(body: fields.Body) -> int:
    most = experiment_queries.MAX_RESULTS
    limit = fields.whole(body, "max_results", default=1_000) or 0
    if limit < 1:
        raise fields.bad(
            f"Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer, got {limit}"
        )
    if limit > most:
        raise fields.bad(
            f"Invalid value {limit} for parameter 'max_results' supplied. It must be at most {most}, but got value {limit}"
        )
    return limit


def _experiment(view: MlflowView, request: Request, permission: Permission, *, is_active: bool = False) -> Experiment:
    wanted = fields.required(fields.body_of(request), "experiment_id")
    return finding.experiment(request, view.workspace, wanted, permission, is_active=is_active)


def _shown_id(experiment: Experiment) -> str:
    return run_shapes.experiment_id(experiment.pk, experiment.path)


def _missing(experiment: Experiment) -> MlflowError:
    return MlflowError("RESOURCE_DOES_NOT_EXIST", f"No Experiment with id={_shown_id(experiment)} exists")


def _exists(name: str) -> MlflowError:
    return MlflowError("RESOURCE_ALREADY_EXISTS", f"Experiment(name={name}) already exists.")

"""MLflow's endpoints of logged models."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from runs.logged_models import files as model_files
from runs.logged_models import queries, search, services
from runs.logged_models.models import LoggedModel, RunModel
from runs.mlflow_api import fields
from runs.mlflow_api.artifacts import locations
from runs.mlflow_api.artifacts import shapes as artifact_shapes
from runs.mlflow_api.base import MlflowView
from runs.mlflow_api.logged_models import finding, shapes
from runs.mlflow_api.tracking import finding as tracking_finding
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.identifiers import is_run_id

DEFAULT_RESULTS = 100


class LoggedModels(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        experiment_id = fields.required(body, "experiment_id")
        experiment = tracking_finding.experiment(
            request, self.workspace, experiment_id, Permission.EXPERIMENT_VIEW, is_active=True
        )
        run_id = fields.text(body, "source_run_id")
        is_ours = is_run_id(run_id)
        # A run of another server is no row here: the model says where it came from in a tag.
        foreign = {shapes.FOREIGN_RUN: run_id} if run_id and not is_ours else {}
        made = services.create_model(
            actor=request.user,
            experiment=experiment,
            name=fields.text(body, "name"),
            source_run=self._source(request, run_id if is_ours else ""),
            model_type=fields.text(body, "model_type"),
            params=dict(fields.pairs(body, "params")),
            tags=dict(fields.pairs(body, "tags")) | foreign,
        )
        return _answer(made)

    def _source(self, request: Request, run_id: str) -> Run | None:
        """The run that makes the model; a job's token makes models of its own runs only."""
        if not run_id:
            access.require(request, Permission.RUN_EDIT, self.workspace)
            return None
        return tracking_finding.run(request, self.workspace, run_id, Permission.RUN_LOG)


class OneModel(MlflowView):
    policy: ClassVar = {"GET": Permission.RUN_VIEW, "PATCH": Permission.RUN_LOG, "DELETE": Permission.RUN_EDIT}

    def get(self, request: Request, workspace: str, model_id: str) -> Response:
        is_fine = request.query_params.get("allow_deleted", "").lower() == "true"
        return _answer(finding.model(request, self.workspace, model_id, Permission.RUN_VIEW, allow_deleted=is_fine))

    def patch(self, request: Request, workspace: str, model_id: str) -> Response:
        model = finding.model(request, self.workspace, model_id, Permission.RUN_LOG)
        status = fields.plain(request.data).get("status")
        if status is None:
            raise fields.missing("status")
        state = shapes.STATES.get(status) if isinstance(status, str | int) else None
        if state is None or state == "PENDING":
            raise fields.invalid("status", status, "It is LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED.")
        return _answer(services.finalize_model(actor=request.user, model=model, to=state))

    def delete(self, request: Request, workspace: str, model_id: str) -> Response:
        model = finding.model(request, self.workspace, model_id, Permission.RUN_EDIT)
        services.delete_model(actor=request.user, model=model)
        return Response({})


class ModelParams(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str, model_id: str) -> Response:
        model = finding.model(request, self.workspace, model_id, Permission.RUN_LOG)
        params = dict(fields.pairs(fields.plain(request.data), "params"))
        services.log_params(actor=request.user, model=model, params=params)
        return Response({})


class ModelTags(MlflowView):
    policy: ClassVar = {"PATCH": Permission.RUN_LOG}

    def patch(self, request: Request, workspace: str, model_id: str) -> Response:
        model = finding.model(request, self.workspace, model_id, Permission.RUN_LOG)
        services.set_tags(actor=request.user, model=model, tags=dict(fields.pairs(fields.plain(request.data), "tags")))
        return Response({})


class ModelTag(MlflowView):
    policy: ClassVar = {"DELETE": Permission.RUN_LOG}

    def delete(self, request: Request, workspace: str, model_id: str, key: str) -> Response:
        model = finding.model(request, self.workspace, model_id, Permission.RUN_LOG)
        services.delete_tag(actor=request.user, model=model, key=key)
        return Response({})


class ModelFolder(MlflowView):
    """What lies in one folder of a model."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str, model_id: str) -> Response:
        model = finding.model(request, self.workspace, model_id, Permission.RUN_VIEW)
        path = request.query_params.get("artifact_directory_path", "")
        return Response(artifact_shapes.listing(model_files.shelf_of(model), path, root=locations.of_model(model)))


class Search(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        ids = fields.some(body, "experiment_ids")
        experiments = [pk for pk in map(self._experiment, ids) if pk is not None]
        if not experiments:
            return Response({"models": []})
        found = search.find(self.workspace, _query(body, experiments))
        shown: dict[str, Any] = {"models": [shapes.model(detail) for detail in queries.details(found.models)]}
        if found.next_token:
            shown["next_page_token"] = found.next_token
        return Response(shown)

    def _experiment(self, experiment_id: str) -> int | None:
        if experiment_id == tracking_finding.DEFAULT_ID:
            return tracking_finding.default_experiment(self.workspace).pk
        return fields.numeric_id(experiment_id)


class RunOutputs(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        run_id = fields.required(body, "run_id", "run_uuid")
        uses = model_uses(body)
        if not uses:
            raise fields.missing("models")
        run = tracking_finding.run(request, self.workspace, run_id, Permission.RUN_LOG)
        services.log_uses(actor=request.user, run=run, direction=RunModel.Direction.OUTPUT, models=uses)
        return Response({})


def model_uses(body: fields.Body) -> list[tuple[str, int]]:
    """`models` of a request as (id, step)."""
    found = []
    for item in fields.items(body, "models"):
        if not isinstance(item, dict):
            raise fields.invalid_type("models", body["models"])
        step = fields.whole(item, "step", default=0)
        found.append((fields.required(item, "model_id"), step or 0))
    return found


def _query(body: fields.Body, experiments: list[int]) -> search.Query:
    return search.Query(
        experiments=experiments[: search.MAX_EXPERIMENTS],
        filter=fields.text(body, "filter"),
        datasets=[_dataset(item) for item in fields.items(body, "datasets")],
        order=[_order(item) for item in fields.items(body, "order_by")],
        limit=fields.within(body, "max_results", default=DEFAULT_RESULTS, low=1, high=search.MAX_RESULTS),
        token=fields.text(body, "page_token"),
    )


def _dataset(item: Any) -> search.OnDataset:
    if not isinstance(item, dict) or not item.get("dataset_name"):
        raise fields.bad("`dataset_name` in the `datasets` clause must be specified.")
    return search.OnDataset(fields.text(item, "dataset_name"), fields.text(item, "dataset_digest"))


def _order(item: Any) -> search.OrderBy:
    if not isinstance(item, dict):
        raise fields.invalid_type("order_by", item)
    name, digest = fields.text(item, "dataset_name"), fields.text(item, "dataset_digest")
    return search.OrderBy(
        field=fields.required(item, "field_name"),
        ascending=item.get("ascending") is not False,
        dataset=search.OnDataset(name, digest) if name else None,
    )


def _answer(model: LoggedModel) -> Response:
    return Response({"model": shapes.model(queries.detail(model))})

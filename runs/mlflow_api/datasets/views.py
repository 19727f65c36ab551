"""The datasets of runs over MLflow's endpoints: what a run read, and what the runs of experiments read."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from runs.logged_models import services as logged_models
from runs.logged_models.models import RunModel
from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowView
from runs.mlflow_api.logged_models.views import model_uses
from runs.mlflow_api.tracking import finding
from runs.tracking.queries import data_inputs as queries
from runs.tracking.services import data_inputs as services
from studio.access import Permission
from studio.errors import NotFound

MAX_EXPERIMENTS = 20
LIMITS = {"name": 500, "digest": 36, "source_type": 36, "source": 65_535, "schema": 1_048_575, "profile": 16_777_215}
MAX_TAG_KEY, MAX_TAG_VALUE = 255, 500


class LogInputs(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}
    max_body: ClassVar = 20 * 1024 * 1024  # a dataset's profile may be long

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        run_id = fields.required(body, "run_id", "run_uuid")
        uses = [_use(item, index) for index, item in enumerate(fields.items(body, "datasets"))]
        models = model_uses(body)
        run = finding.run(request, self.workspace, run_id, Permission.RUN_LOG)
        services.log_datasets(actor=request.user, run=run, datasets=uses)
        if models:
            logged_models.log_uses(actor=request.user, run=run, direction=RunModel.Direction.INPUT, models=models)
        return Response({})


class SearchDatasets(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        ids = fields.texts(fields.plain(request.data), "experiment_ids")
        if not ids:
            raise fields.bad("SearchDatasets request must specify at least one experiment_id.")
        if len(ids) > MAX_EXPERIMENTS:
            raise fields.bad(
                f"SearchDatasets request cannot specify more than {MAX_EXPERIMENTS} experiment_ids. Received {len(ids)}"
                " experiment_ids."
            )
        shown = {pk: text for text in ids if (pk := self._experiment(request, text)) is not None}
        found = queries.summaries(shown)
        return Response({"dataset_summaries": [_summary(each, shown) for each in found]})

    def _experiment(self, request: Request, text: str) -> int | None:
        """The experiment's number; what is not there is simply not searched."""
        try:
            return finding.experiment(request, self.workspace, text, Permission.EXPERIMENT_VIEW).pk
        except NotFound:
            return None
        except fields.MlflowError as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return None


def _summary(found: queries.DatasetSummary, shown: dict[int, str]) -> dict[str, Any]:
    summary = {"experiment_id": shown[found.experiment_id], "name": found.name, "digest": found.digest}
    return {**summary, "context": found.context} if found.context else summary


def _use(item: Any, index: int) -> services.DatasetUse:
    path = f"datasets[{index}]"
    if not isinstance(item, dict):
        raise fields.invalid_type("datasets", item)
    told = item.get("dataset")
    if told is None:
        raise fields.missing(f"{path}.dataset")
    if not isinstance(told, dict):
        raise fields.invalid_type(f"{path}.dataset", told)
    values = {name: fields.text(told, name) for name in LIMITS}
    for name in ("name", "digest"):
        if not values[name]:
            raise fields.missing(f"{path}.dataset.{name}")
    for name, limit in LIMITS.items():
        fields.check_length(f"{name} of the dataset", values[name], limit)
    tags = dict(fields.pairs(item, "tags"))
    for key, value in tags.items():
        fields.check_length("InputTag key", key, MAX_TAG_KEY)
        fields.check_length("InputTag value", value, MAX_TAG_VALUE)
    return services.DatasetUse(tags=tags, **values)

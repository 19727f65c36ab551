"""MLflow's evaluation datasets."""

import json
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from runs.evaluation import queries, search, services
from runs.evaluation.models import EvaluationDataset, EvaluationRecord
from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowError, MlflowView
from runs.mlflow_api.logged_models.shapes import millis
from runs.mlflow_api.registry.finding import person
from runs.mlflow_api.tracking import finding
from runs.mlflow_api.tracking.run_shapes import experiment_id
from runs.tracking.models import Experiment
from studio import access
from studio.access import Permission
from studio.api import parsers
from studio.errors import NotFound

MAX_RECORDS = 1000
MAX_EXPERIMENTS = 1000


class CreateDataset(MlflowView):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        made = services.create_dataset(
            actor=person(request),
            workspace=self.workspace,
            name=fields.required(body, "name"),
            tags=_packed(body, "tags", dict) if body.get("tags") else {},
            experiments=_experiments(self, request, body),
        )
        return Response({"dataset": _dataset(made, with_experiments=True)})


class SearchDatasets(MlflowView):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_VIEW, "GET": Permission.EXPERIMENT_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request, "experiment_ids", "order_by")
        ids = fields.texts(body, "experiment_ids")
        numbers = [
            finding.default_experiment(self.workspace).pk if text == "0" else fields.numeric_id(text) for text in ids
        ]
        query = search.Query(
            experiments=[pk for pk in numbers if pk is not None] if ids else None,
            filter=fields.text(body, "filter_string"),
            order=", ".join(fields.texts(body, "order_by")),
            limit=fields.within(body, "max_results", default=search.MAX_RESULTS, low=1, high=50_000),
            token=fields.text(body, "page_token"),
        )
        found, token = search.find(self.workspace, query)
        shown: dict[str, Any] = {"datasets": [_dataset(dataset) for dataset in found]}
        return Response({**shown, "next_page_token": token} if token else shown)

    get = post


class _OfDataset(MlflowView):
    def _find(self, request: Request, dataset_id: str, permission: Permission) -> EvaluationDataset:
        try:
            found = access.get_or_404(request, EvaluationDataset, dataset_id, permission)
        except NotFound:
            message = f"Evaluation dataset with id '{dataset_id[:100]}' not found"
            raise MlflowError("RESOURCE_DOES_NOT_EXIST", message) from None
        found.workspace = self.workspace
        return found


class OneDataset(_OfDataset):
    policy: ClassVar = {"GET": Permission.EXPERIMENT_VIEW, "DELETE": Permission.EXPERIMENT_EDIT}

    def get(self, request: Request, workspace: str, dataset_id: str) -> Response:
        return Response({"dataset": _dataset(self._find(request, dataset_id, Permission.EXPERIMENT_VIEW))})

    def delete(self, request: Request, workspace: str, dataset_id: str) -> Response:
        """What is not there is gone already: the client may ask twice."""
        try:
            dataset = self._find(request, dataset_id, Permission.EXPERIMENT_EDIT)
        except MlflowError:
            return Response({})
        services.delete_dataset(actor=person(request), dataset=dataset)
        return Response({})


class Records(_OfDataset):
    policy: ClassVar = {
        "GET": Permission.EXPERIMENT_VIEW,
        "POST": Permission.EXPERIMENT_EDIT,
        "DELETE": Permission.EXPERIMENT_EDIT,
    }
    max_body: ClassVar = 64 * 1024 * 1024

    def get(self, request: Request, workspace: str, dataset_id: str) -> Response:
        dataset = self._find(request, dataset_id, Permission.EXPERIMENT_VIEW)
        body = fields.body_of(request)
        limit = fields.within(body, "max_results", default=MAX_RECORDS, low=1, high=MAX_RECORDS)
        found, token = queries.records(dataset, limit=limit, token=fields.text(body, "page_token"))
        shown = {"records": json.dumps([_record(record) for record in found])}
        return Response({**shown, "next_page_token": token} if token else shown)

    def post(self, request: Request, workspace: str, dataset_id: str) -> Response:
        dataset = self._find(request, dataset_id, Permission.EXPERIMENT_EDIT)
        records = _packed(fields.plain(request.data), "records", list)
        added, merged = services.merge_records(actor=person(request), dataset=dataset, records=records)
        return Response({"inserted_count": added, "updated_count": merged})

    def delete(self, request: Request, workspace: str, dataset_id: str) -> Response:
        dataset = self._find(request, dataset_id, Permission.EXPERIMENT_EDIT)
        ids = fields.texts(fields.plain(request.data), "dataset_record_ids")
        return Response({"deleted_count": services.delete_records(actor=person(request), dataset=dataset, ids=ids)})


class Tags(_OfDataset):
    policy: ClassVar = {"PATCH": Permission.EXPERIMENT_EDIT}

    def patch(self, request: Request, workspace: str, dataset_id: str) -> Response:
        dataset = self._find(request, dataset_id, Permission.EXPERIMENT_EDIT)
        tags = _packed(fields.plain(request.data), "tags", dict)
        services.set_tags(actor=person(request), dataset=dataset, tags=tags)
        return Response({})


class Tag(_OfDataset):
    policy: ClassVar = {"DELETE": Permission.EXPERIMENT_EDIT}

    def delete(self, request: Request, workspace: str, dataset_id: str, key: str) -> Response:
        """The tag of a dataset that is not there is gone with it."""
        try:
            dataset = self._find(request, dataset_id, Permission.EXPERIMENT_EDIT)
        except MlflowError:
            return Response({})
        services.delete_tag(actor=person(request), dataset=dataset, key=key)
        return Response({})


class AddExperiments(_OfDataset):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_EDIT}

    def post(self, request: Request, workspace: str, dataset_id: str) -> Response:
        dataset = self._find(request, dataset_id, Permission.EXPERIMENT_EDIT)
        experiments = _experiments(self, request, fields.plain(request.data))
        services.add_experiments(actor=person(request), dataset=dataset, experiments=experiments)
        return Response({"dataset": _dataset(dataset, with_experiments=True)})


class RemoveExperiments(_OfDataset):
    policy: ClassVar = {"POST": Permission.EXPERIMENT_EDIT}

    def post(self, request: Request, workspace: str, dataset_id: str) -> Response:
        dataset = self._find(request, dataset_id, Permission.EXPERIMENT_EDIT)
        ids = fields.texts(fields.plain(request.data), "experiment_ids")
        numbers = [
            finding.default_experiment(self.workspace).pk if text == "0" else fields.numeric_id(text) for text in ids
        ]
        known = [pk for pk in numbers if pk is not None]
        services.remove_experiments(actor=person(request), dataset=dataset, experiments=known)
        return Response({"dataset": _dataset(dataset, with_experiments=True)})


class ExperimentIds(_OfDataset):
    policy: ClassVar = {"GET": Permission.EXPERIMENT_VIEW}

    def get(self, request: Request, workspace: str, dataset_id: str) -> Response:
        dataset = self._find(request, dataset_id, Permission.EXPERIMENT_VIEW)
        return Response({"experiment_ids": _experiment_ids(dataset)})


def _experiments(view: MlflowView, request: Request, body: fields.Body) -> list[Experiment]:
    ids = fields.texts(body, "experiment_ids")
    if len(ids) > MAX_EXPERIMENTS:
        raise fields.bad(f"Name at most {MAX_EXPERIMENTS} experiments at a time.")
    return [finding.experiment(request, view.workspace, text, Permission.EXPERIMENT_VIEW) for text in ids]


def _packed(body: fields.Body, name: str, kind: type) -> Any:
    """A JSON value that comes in a text, as the client sends these."""
    try:
        value = parsers.loads(fields.required(body, name).encode(), allow_nan=False)
    except UnicodeEncodeError:
        raise fields.bad(f"'{name}' is not valid Unicode.") from None
    if not isinstance(value, kind):
        raise fields.bad(f"'{name}' must hold a JSON {'object' if kind is dict else 'list'}.")
    return value


def _experiment_ids(dataset: EvaluationDataset) -> list[str]:
    return [experiment_id(pk, path) for pk, path in dataset.experiments.order_by("pk").values_list("pk", "path")]


def _dataset(dataset: EvaluationDataset, *, with_experiments: bool = False) -> dict[str, Any]:
    total = queries.count(dataset)
    shown: dict[str, Any] = {
        "dataset_id": dataset.pk,
        "name": dataset.name,
        "digest": dataset.digest,
        "created_time": millis(dataset.created_at),
        "last_update_time": millis(dataset.updated_at),
        "tags": json.dumps({tag.key: tag.value for tag in dataset.tags.all()}),
    }
    optional: dict[str, Any] = {
        "schema": json.dumps(dataset.schema) if dataset.schema else "",
        "profile": json.dumps({"num_records": total}) if total else "",
        "created_by": dataset.created_by,
        "last_updated_by": dataset.updated_by,
    }
    shown.update({name: value for name, value in optional.items() if value})
    if with_experiments:
        shown["experiment_ids"] = _experiment_ids(dataset)
    return shown


def _record(record: EvaluationRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "dataset_record_id": record.pk,
        "dataset_id": record.dataset_id,
        "inputs": record.inputs,
        "created_time": record.created_ms,
        "last_update_time": record.updated_ms,
        "tags": record.tags or {},
    }
    optional: dict[str, Any] = {
        "expectations": record.expectations,
        "source": record.source,
        "source_id": record.source_id or None,
        "source_type": record.source_type or None,
        "created_by": record.created_by or None,
        "last_updated_by": record.updated_by or None,
        "outputs": record.outputs,
    }
    return {**shown, **{name: value for name, value in optional.items() if value is not None}}

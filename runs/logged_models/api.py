"""Logged models and the datasets of runs over REST."""

import dataclasses
import math
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.logged_models import files as model_files
from runs.logged_models import ordering, queries, search, serializers
from runs.logged_models.columns import FIELDS
from runs.logged_models.models import LoggedModel, LoggedModelMetric
from runs.tracking.data_inputs import RunDataset
from runs.tracking.models import Experiment, Run
from runs.tracking.queries import data_inputs
from studio import access
from studio.access import Permission
from studio.api import files, pagination
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid
from studio.identifiers import is_run_id
from studio.search import read_order
from studio.search.fields import ATTRIBUTES


class LoggedModels(WorkspaceAPIView):
    """The models of the workspace, newest first unless `order` says otherwise; of one run or experiment when named."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="logged_models_list",
        parameters=[
            OpenApiParameter("filter", str, description="in the search language: metrics.accuracy > 0.9"),
            OpenApiParameter("run", str, description="only those this run made"),
            OpenApiParameter("experiment", str, description="its path or its number"),
            OpenApiParameter("order", str, description="metrics.accuracy DESC, name"),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses={200: serializers.LoggedModelList},
    )
    def get(self, request: Request, workspace: str) -> Response:
        found = search.find(self.workspace, self._query(request))
        following = None
        if found.next_token:
            query = pagination.query_with(request.GET, cursor=found.next_token)
            following = request.build_absolute_uri(f"{request.path}?{query}")
        return Response({"results": [_model(row) for row in found.models], "next": following, "previous": None})

    def _query(self, request: Request) -> search.Query:
        run = request.GET.get("run", "")
        if run and not is_run_id(run):
            raise Invalid("bad_parameter", "run is a run id.", fields={"run": "Give a run id."})
        return search.Query(
            experiments=_experiments(request, request.GET.get("experiment", "")),
            run=run,
            filter=request.GET.get("filter", ""),
            order=_orders(request.GET.get("order", "")),
            limit=pagination.limit_of(request.GET),
            token=request.GET.get("cursor", ""),
        )


class OneModel(WorkspaceAPIView):
    """One model with its parameters, tags and metrics."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={200: serializers.LoggedModelDetail})
    def get(self, request: Request, workspace: str, model_id: str) -> Response:
        model = access.get_or_404(request, LoggedModel, model_id, Permission.RUN_VIEW)
        detail = queries.detail(model)
        metrics = [_metric(metric) for metric in detail.metrics]
        return Response({**_model(model), "params": detail.params, "tags": detail.tags, "metrics": metrics})


class ModelFiles(WorkspaceAPIView):
    """What lies in one folder of a model."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="logged_models_files_list",
        parameters=[OpenApiParameter("path", str)],
        responses={200: serializers.LoggedModelFiles},
    )
    def get(self, request: Request, workspace: str, model_id: str) -> Response:
        model = access.get_or_404(request, LoggedModel, model_id, Permission.RUN_VIEW)
        entries = model_files.shelf_of(model).listing(request.GET.get("path", ""))
        return Response({"results": [{**dataclasses.asdict(entry)} for entry in entries]})


class ModelFile(files.FileView):
    """One file of a model: its bytes, or a range of them."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, model_id: str, path: str) -> HttpResponseBase:
        model = access.get_or_404(request, LoggedModel, model_id, Permission.RUN_VIEW)
        found = model_files.shelf_of(model).at(path)
        return files.download(request, found.blob, name=found.path, content_type=found.content_type)


class RunDatasets(WorkspaceAPIView):
    """The datasets a run read."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={200: serializers.RunDatasets})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return Response({"results": [_dataset(use) for use in data_inputs.datasets_of(run)]})


def _experiments(request: Request, named: str) -> tuple[int, ...]:
    """The experiment of a path or a number; all of them where none is named."""
    if not named:
        return ()
    if named.lstrip("-").isdigit():
        return (pagination.whole_number("experiment", named, minimum=1, maximum=2**62),)
    return (access.get_or_404(request, Experiment, None, Permission.EXPERIMENT_VIEW, path=named).pk,)


def _orders(text: str) -> list[ordering.OrderBy]:
    return [
        ordering.OrderBy(
            one.field.key if one.field.family == ATTRIBUTES else f"{one.field.family}.{one.field.key}",
            ascending=not one.descending,
        )
        for one in read_order(text, FIELDS, parameter="order")
    ]


def _model(model: LoggedModel) -> dict[str, Any]:
    return {
        "id": model.pk,
        "name": model.name,
        "experiment": model.experiment.path,
        "source_run": model.source_run_id,
        "model_type": model.model_type,
        "state": model.state,
        "created_at": model.created_at,
        "updated_at": model.updated_at,
        "url": model.get_absolute_url(),
    }


def _metric(metric: LoggedModelMetric) -> dict[str, Any]:
    value: float | str | None = metric.value
    if value is None:
        value = "NaN"
    elif math.isinf(float(value)):
        value = "Infinity" if float(value) > 0 else "-Infinity"
    return {
        "key": metric.key,
        "value": value,
        "step": metric.step,
        "time_ms": metric.time_ms,
        "run_id": metric.run_id,
        "dataset_name": metric.dataset_name,
        "dataset_digest": metric.dataset_digest,
    }


def _dataset(use: RunDataset) -> dict[str, Any]:
    return {
        "name": use.dataset.name,
        "digest": use.dataset.digest,
        "context": use.context,
        "source_type": use.dataset.source_type,
        "source": use.dataset.source,
        "tags": use.tags,
    }

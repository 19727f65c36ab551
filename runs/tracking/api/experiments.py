"""Experiments over REST."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.tracking import serializers
from runs.tracking.api import reading, shapes
from runs.tracking.models import Experiment
from runs.tracking.queries import experiments as queries
from runs.tracking.services import experiments as services
from studio import access
from studio.access import Permission
from studio.api import fields, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid


class Experiments(WorkspaceAPIView):
    """The experiments of the workspace by path; naming a new one makes it."""

    policy: ClassVar = {"GET": Permission.EXPERIMENT_VIEW, "POST": Permission.EXPERIMENT_EDIT}

    @extend_schema(
        operation_id="experiments_list",
        parameters=[OpenApiParameter("archived", str, description="true, false or all")],
        responses={200: serializers.ExperimentList},
    )
    def get(self, request: Request, workspace: str) -> Response:
        archived = request.GET.get("archived", "").lower()
        if archived not in reading.ARCHIVED:
            raise Invalid("bad_parameter", "archived is true, false or all.", fields={"archived": "not known"})
        rows = queries.listing(self.workspace, reading.ARCHIVED[archived]).prefetch_related("tags")
        return Response(pagination.answer(request, rows, order=("path", "id"), show=shapes.experiment))

    @extend_schema(request=serializers.ExperimentCreate, responses={201: serializers.ExperimentAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.ExperimentCreate, request.data)
        experiment = services.ensure_experiment(actor=request.user, workspace=self.workspace, path=values["path"])
        if values["description"]:
            services.edit_experiment(actor=request.user, experiment=experiment, description=values["description"])
        return Response(shown(experiment), status=201)


class ExperimentDetail(WorkspaceAPIView):
    policy: ClassVar = {"GET": Permission.EXPERIMENT_VIEW, "PATCH": Permission.EXPERIMENT_EDIT}

    @extend_schema(responses={200: serializers.ExperimentAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        return Response(shown(access.get_or_404(request, Experiment, pk, Permission.EXPERIMENT_VIEW)))

    @extend_schema(request=serializers.ExperimentEdit, responses={200: serializers.ExperimentAnswer})
    def patch(self, request: Request, workspace: str, pk: int) -> Response:
        experiment = access.get_or_404(request, Experiment, pk, Permission.EXPERIMENT_EDIT)
        values = fields.clean(serializers.ExperimentEdit, request.data)
        services.edit_experiment(actor=request.user, experiment=experiment, **values)
        return Response(shown(experiment))


def shown(experiment: Experiment) -> dict[str, object]:
    found = queries.named(experiment.workspace, experiment.path)
    return shapes.experiment(found or experiment)

"""The trash over REST: delete, undelete, preview, remove for good, receipts, storage."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.tracking.api import experiments as experiments_api
from runs.tracking.api import runs as runs_api
from runs.tracking.models import Experiment, Run
from runs.tracking.serializers import ExperimentAnswer, RunDetailAnswer
from runs.trash import previews, queries, selecting, serializers, services
from runs.trash.models import Purge
from studio import access
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView

MOST_LINES = 1000  # of a receipt's runs in one answer


# One address, several features: the trash stands above tracking and adds its method to tracking's view.
class RunDetail(runs_api.RunDetail):
    policy: ClassVar = {**runs_api.RunDetail.policy, "DELETE": Permission.RUN_DELETE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, run_id: str) -> Response:
        """Put a run and its children into the trash."""
        run = access.get_or_404(request, Run, run_id, Permission.RUN_DELETE)
        services.trash_run(actor=request.user, run=run)
        return Response(status=204)


class ExperimentDetail(experiments_api.ExperimentDetail):
    policy: ClassVar = {**experiments_api.ExperimentDetail.policy, "DELETE": Permission.EXPERIMENT_DELETE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, pk: int) -> Response:
        """Put an experiment and its runs into the trash."""
        experiment = access.get_or_404(request, Experiment, pk, Permission.EXPERIMENT_DELETE)
        services.trash_experiment(actor=request.user, experiment=experiment)
        return Response(status=204)


class UndeleteRun(WorkspaceAPIView):
    """Take a run out of the trash, with what went with it and what it hangs below."""

    policy: ClassVar = {"POST": Permission.RUN_DELETE}

    @extend_schema(request=None, responses={200: RunDetailAnswer})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_DELETE)
        return Response(runs_api.shown(services.restore_run(actor=request.user, run=run)))


class UndeleteExperiment(WorkspaceAPIView):
    """Take an experiment out of the trash, with the runs that went with it."""

    policy: ClassVar = {"POST": Permission.EXPERIMENT_DELETE}

    @extend_schema(request=None, responses={200: ExperimentAnswer})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        experiment = access.get_or_404(request, Experiment, pk, Permission.EXPERIMENT_DELETE)
        services.restore_experiment(actor=request.user, experiment=experiment)
        return Response(experiments_api.shown(experiment))


class Trash(WorkspaceAPIView):
    """What is in the trash, newest first. What went with a parent or an experiment is not named again."""

    policy: ClassVar = {"GET": Permission.STORAGE_VIEW}

    @extend_schema(parameters=listing.PAGE, responses={200: serializers.TrashAnswer})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.trashed_runs(self.workspace)
        body = pagination.answer(request, rows, order=("-deleted_at", "-id"), show=serializers.show_run)
        experiments = [] if request.GET.get("cursor") else queries.trashed_experiments(self.workspace)[:MOST_LINES]
        return Response({**body, "experiments": [serializers.show_experiment(found) for found in experiments]})


class TrashPreview(WorkspaceAPIView):
    """What deleting would mean: counts, bytes really freed, and what is in the way. Nothing is changed."""

    policy: ClassVar = {"POST": Permission.STORAGE_VIEW}

    @extend_schema(request=serializers.PreviewAsked, responses={200: serializers.PreviewAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        asked = fields.clean(serializers.PreviewAsked, request.data)
        selection = selecting.select(
            self.workspace,
            runs=asked["runs"],
            experiments=asked["experiments"],
            text=asked["filter"],
            in_trash=asked["in_trash"],
            person=request.user,
        )
        return Response(serializers.show_preview(previews.preview(self.workspace, selection)))


class TrashPurge(WorkspaceAPIView):
    """Remove things of the trash for good. The answer is the receipt, which fills while the work goes on."""

    policy: ClassVar = {"POST": Permission.STORAGE_PURGE}

    @extend_schema(request=serializers.PurgeAsked, responses={202: serializers.ReceiptAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        asked = fields.clean(serializers.PurgeAsked, request.data)
        purge = services.purge(actor=request.user, workspace=self.workspace, **asked)
        return Response(serializers.show_receipt(purge), status=202)


class Receipts(WorkspaceAPIView):
    policy: ClassVar = {"GET": Permission.STORAGE_VIEW}

    @extend_schema(
        operation_id="trash_receipts_list", parameters=listing.PAGE, responses={200: serializers.ReceiptList}
    )
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.receipts(self.workspace)
        return Response(pagination.answer(request, rows, order=("-id",), show=serializers.show_receipt))


class Receipt(WorkspaceAPIView):
    """One receipt with the runs that went, at most a thousand of them."""

    policy: ClassVar = {"GET": Permission.STORAGE_VIEW}

    @extend_schema(responses={200: serializers.ReceiptDetailAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        purge = access.get_or_404(request, Purge, pk, Permission.STORAGE_VIEW)
        lines = [serializers.show_line(line) for line in queries.lines(purge)[:MOST_LINES]]
        return Response({**serializers.show_receipt(purge), "runs": lines})


class StorageUse(WorkspaceAPIView):
    """What the store holds by kind, experiment and run, and what emptying the trash would free."""

    policy: ClassVar = {"GET": Permission.STORAGE_VIEW}

    @extend_schema(responses={200: serializers.StorageAnswer})
    def get(self, request: Request, workspace: str) -> Response:
        here = self.workspace
        found = queries.storage(here)
        body: dict[str, Any] = serializers.show_storage(found, queries.by_experiment(here), queries.largest_runs(here))
        preview = previews.preview(here, selecting.select(here, in_trash=True))
        trash = {
            "runs": found.trash.runs,
            "experiments": found.trash.experiments,
            "models": found.trash.models,
            "oldest_at": found.trash.oldest_at,
            "preview": serializers.show_preview(preview),
        }
        return Response({**body, "trash": trash, "retention_days": preview.retention_days})

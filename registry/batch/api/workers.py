"""What the jobs that score ask and say, with their own tokens. Nobody else is let in."""

from typing import Any, ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs.models import Job
from compute.jobs.tokens import JobToken
from registry.batch import inputs, plans, queries, serializers
from registry.batch.models import BatchWorker
from registry.batch.services import outputs, parts
from studio import access
from studio.access import Permission
from studio.api import fields, files
from studio.errors import Denied, NotFound
from studio.storage import blobs

BINARY = {(200, "application/octet-stream"): OpenApiTypes.BINARY}
BYTES = {"application/octet-stream": OpenApiTypes.BINARY}


class WorkerView(files.FileView):
    """A view of one job that scores, for its own token."""

    def worker(self, request: Request, pk: int, permission: Permission = Permission.RUN_VIEW) -> BatchWorker:
        job = access.get_or_404(request, Job, pk, permission)
        if not isinstance(request.auth, JobToken) or request.auth.job_id != job.pk:
            raise Denied("not_the_runner", "Only the job's own runner may ask this.")
        return parts.worker_of(job=job)


class Plan(WorkerView):
    """What the worker loads, and how it scores."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="job_scoring_plan", responses={200: serializers.ScoringPlan})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        return Response(plans.plan_of(self.worker(request, pk)))


class PlanFile(WorkerView):
    """A file of the model, or the folder of code, by its SHA-256."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="job_scoring_file", responses=BINARY)
    def get(self, request: Request, workspace: str, pk: int, sha256: str) -> HttpResponseBase:
        blob = plans.file_of(self.worker(request, pk), sha256)
        return files.download(request, blob, name=sha256[:12], content_type="application/octet-stream")


class Input(WorkerView):
    """The bytes of one file of the input, or a range of them."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="job_scoring_input", parameters=[OpenApiParameter("path", str)], responses=BINARY)
    def get(self, request: Request, workspace: str, pk: int) -> HttpResponseBase:
        path = request.GET.get("path", "")
        batch = queries.job_at(self.worker(request, pk).batch_id)
        if batch is None or "\0" in path:
            raise NotFound("not_found", "There is no such file in the input.")
        store, place, size, tag = inputs.opened(batch, path)
        return files.serve(
            request, lambda start, end: store.read(place, start, end), size=size, tag=tag or str(size), name=place,
            content_type="application/octet-stream",
        )  # fmt: skip


class Take(WorkerView):
    """The next part for this worker, or that it shall ask again, or go."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    @extend_schema(operation_id="job_scoring_take", request=None, responses={200: serializers.TakeAnswer})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        taken = parts.take(worker=self.worker(request, pk, Permission.RUN_LOG))
        part: dict[str, Any] | None = None
        if taken.part is not None:
            found = taken.part
            part = {
                "number": found.number, "attempt": found.attempt, "is_last": taken.is_last, "items": found.items,
            }  # fmt: skip
        return Response({"part": part, "is_over": taken.is_over})


class Keep(WorkerView):
    """The worker is still at the part: its lease anew."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    @extend_schema(
        operation_id="job_scoring_keep", request=serializers.PartAttempt, responses={200: serializers.ScoringAnswer}
    )
    def post(self, request: Request, workspace: str, pk: int, number: int) -> Response:
        worker = self.worker(request, pk, Permission.RUN_LOG)
        values = fields.clean(serializers.PartAttempt, request.data)
        parts.keep(worker=worker, number=number, attempt=values["attempt"])
        return Response({"state": "taken"})


class Rows(WorkerView):
    """The rows that a part gave, as JSON lines: kept, to be named by `done`."""

    policy: ClassVar = {"PUT": Permission.RUN_LOG}

    @extend_schema(operation_id="job_scoring_rows", request=BYTES, responses={200: serializers.StoredRows})
    def put(self, request: Request, workspace: str, pk: int) -> Response:
        self.worker(request, pk, Permission.RUN_LOG)
        limit = settings.ARTIFACT_LIMIT_BYTES
        blob = blobs.store(workspace=self.workspace, stream=files.upload(request, limit), limit=limit)
        return Response({"sha256": blob.sha256})


class Done(WorkerView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}
    max_body: ClassVar[int] = 8 * 1024 * 1024

    @extend_schema(
        operation_id="job_scoring_done", request=serializers.PartDone, responses={200: serializers.ScoringAnswer}
    )
    def post(self, request: Request, workspace: str, pk: int, number: int) -> Response:
        worker = self.worker(request, pk, Permission.RUN_LOG)
        values = fields.clean(serializers.PartDone, request.data)
        sha256 = values.pop("output")
        output = blobs.find(workspace=self.workspace, sha256=sha256) if sha256 else None
        if sha256 and output is None:
            raise NotFound("not_found", "The rows of this part did not come along.")
        parts.done(worker=worker, number=number, output=output, **values)
        return Response({"state": "done"})


class Failed(WorkerView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}

    @extend_schema(
        operation_id="job_scoring_failed", request=serializers.PartFailed, responses={200: serializers.ScoringAnswer}
    )
    def post(self, request: Request, workspace: str, pk: int, number: int) -> Response:
        worker = self.worker(request, pk, Permission.RUN_LOG)
        values = fields.clean(serializers.PartFailed, request.data)
        parts.failed(worker=worker, number=number, attempt=values["attempt"], problem=values["problem"])
        return Response({"state": "failed"})


class Problem(WorkerView):
    """The model can't be loaded, so nothing can be scored."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    @extend_schema(
        operation_id="job_scoring_problem",
        request=serializers.WorkerProblem,
        responses={200: serializers.ScoringAnswer},
    )
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        worker = self.worker(request, pk, Permission.RUN_LOG)
        values = fields.clean(serializers.WorkerProblem, request.data)
        parts.take_problem(worker=worker, problem=values["problem"])
        return Response({"state": "failed"})


class OwnOutput(WorkerView):
    """A file that the script wrote by itself: it goes beside the output."""

    policy: ClassVar = {"PUT": Permission.RUN_LOG}

    @extend_schema(operation_id="job_scoring_output", request=BYTES, responses={200: serializers.ScoringAnswer})
    def put(self, request: Request, workspace: str, pk: int, path: str) -> Response:
        worker = self.worker(request, pk, Permission.RUN_LOG)
        outputs.store(worker=worker, path=path, stream=files.upload(request, settings.DATA_LIMIT_BYTES))
        return Response({"state": "stored"})

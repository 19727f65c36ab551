"""Batch jobs over REST: listed, looked at, canceled, their output fetched."""

from typing import ClassVar

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import log_answers
from compute.jobs.models import Job as ComputeJob
from registry.batch import downloads, queries, serializers, services, shown
from registry.batch.api.frame import INVOKE, VIEW, BatchView
from registry.batch.models import BatchJob
from studio.access import Permission
from studio.api import files, listing, pagination

ITEMS = [OpenApiParameter("limit", int), OpenApiParameter("cursor", int)]
LIST = [OpenApiParameter("state", str, enum=BatchJob.State.values), *listing.PAGE]


class Jobs(BatchView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="batch_jobs_list", parameters=LIST, responses={200: serializers.BatchJobList})
    def get(self, request: Request, workspace: str) -> Response:
        wanted = request.GET.get("state", "")
        rows = queries.jobs_in(self.workspace, state=wanted if wanted in BatchJob.State.values else "")
        return Response(pagination.answer(request, rows, order=("-created_at", "-id"), show=shown.job))


class Job(BatchView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(responses={200: serializers.BatchJobDetail})
    def get(self, request: Request, workspace: str, pk: str) -> Response:
        return Response(shown.job_with_parts(self.job(request, pk)))


class Cancel(BatchView):
    policy: ClassVar = {"POST": INVOKE}

    @extend_schema(request=None, responses={200: serializers.BatchJobAnswer})
    def post(self, request: Request, workspace: str, pk: str) -> Response:
        batch = services.cancel(actor=request.user, batch=self.job(request, pk))
        return Response(shown.job(batch))


class FailedItems(BatchView):
    """The items that could not be scored, by part; a page holds whole parts."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="batch_job_failed_items", parameters=ITEMS, responses={200: serializers.FailedBatchItemList}
    )
    def get(self, request: Request, workspace: str, pk: str) -> Response:
        batch = self.job(request, pk)
        limit = pagination.limit_of(request.GET, default=100, maximum=500)
        after = pagination.whole_number("cursor", request.GET.get("cursor") or "0", minimum=0, maximum=10**9)
        found, last = queries.failed_items(batch, after=after - 1, limit=limit)
        following = "" if last is None else str(last + 1)
        rows = [{"part": each.part, "item": each.item, "problem": each.problem} for each in found]
        return Response({"results": rows, "next": pagination.url_of_page(request, following), "previous": None})


class Output(BatchView, files.FileView):
    """The one file of the output, or a range of it."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(operation_id="batch_job_output", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, pk: str) -> HttpResponseBase:
        return downloads.output(request, self.job(request, pk))


class WorkerLogView(BatchView):
    """The log of one of the jobs that score."""

    def worker_job(self, request: Request, pk: str, number: int) -> ComputeJob:
        return queries.worker_at(self.job(request, pk), number).job


class WorkerLog(WorkerLogView):
    """`?offset=&limit=` gives text from a byte on, `?line=&count=` gives lines; `&wait=` waits a little for more."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(parameters=log_answers.PIECE_PARAMETERS, responses={200: log_answers.LogPiece})
    def get(self, request: Request, workspace: str, pk: str, number: int) -> Response:
        return Response(log_answers.piece(self.worker_job(request, pk, number), request))


class WorkerLogSearch(WorkerLogView):
    """Lines that hold a text, whatever the case. One call looks through a bounded part; `line` goes on from there."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(parameters=log_answers.SEARCH_PARAMETERS, responses={200: log_answers.LogHits})
    def get(self, request: Request, workspace: str, pk: str, number: int) -> Response:
        return Response(log_answers.search(self.worker_job(request, pk, number), request))


class WorkerLogRaw(WorkerLogView):
    """The whole log as a text file, as far as it has come."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, workspace: str, pk: str, number: int) -> StreamingHttpResponse:
        job = self.worker_job(request, pk, number)
        return log_answers.raw(job, f'attachment; filename="batch-{pk}-{job.pk}.log"')

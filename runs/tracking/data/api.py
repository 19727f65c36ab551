"""What a job's own runner reads and writes of data: the files of its inputs, and those of its outputs."""

from typing import ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs.models import Job
from compute.jobs.tokens import JobToken
from runs.tracking.data import serializers, sources, storing
from runs.tracking.data.models import RunOutput
from runs.tracking.models import Run, RunInput
from runs.tracking.queries import job_data
from studio import access
from studio.access import Permission
from studio.api import fields, files, pagination
from studio.errors import Denied

FILES_AT_ONCE = 10_000
PAGE = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class JobDataView(files.FileView):
    """A view of the data of one job, for its runner alone."""

    def run_of(self, request: Request, pk: int, permission: Permission) -> tuple[Job, Run]:
        job = access.get_or_404(request, Job, pk, permission)
        if not isinstance(request.auth, JobToken) or not request.auth.speaks_for(job):
            raise Denied(
                "not_the_runner", "Only the job's own runner may read its inputs and write its outputs.",
                hint="Runners use the token that was handed to them; people find data on the page Data.",
            )  # fmt: skip
        return job, job_data.run_of(job)


class InputFiles(JobDataView):
    """The files of an input that its job file refers to, by path."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="jobs_inputs_files_list", parameters=PAGE, responses={200: serializers.InputFileList})
    def get(self, request: Request, workspace: str, pk: int, name: str) -> Response:
        run, row = self._input(request, pk, name)
        limit = pagination.limit_of(request.GET, default=FILES_AT_ONCE, maximum=FILES_AT_ONCE)
        start = pagination.whole_number("cursor", request.GET.get("cursor") or "0", minimum=0, maximum=10**9)
        found = sources.listing(run, row)
        following = str(start + limit) if start + limit < len(found) else ""
        shown = [serializers.input_file(file) for file in found[start : start + limit]]
        return Response({"results": shown, "next": pagination.url_of_page(request, following), "previous": None})

    def _input(self, request: Request, pk: int, name: str) -> tuple[Run, RunInput]:
        _, run = self.run_of(request, pk, Permission.RUN_VIEW)
        return run, job_data.input_of(run, name)


class InputFile(InputFiles):
    """One file of an input: its bytes, or a range of them."""

    @extend_schema(
        operation_id="jobs_inputs_files_retrieve",
        parameters=[],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(  # type: ignore[override]
        self, request: Request, workspace: str, pk: int, name: str, path: str
    ) -> HttpResponseBase:
        run, row = self._input(request, pk, name)
        file, store, place = sources.read(run, row, path)
        return files.serve(
            request,
            lambda start, end: store.read(place, start, end),
            size=file.size,
            tag=file.sha256 or file.tag,
            name=path,
            content_type="application/octet-stream",
        )


class OutputFile(JobDataView):
    """One file of an output, with its SHA-256 in `X-Content-SHA256`: whole in its place, or not at all."""

    policy: ClassVar = {"PUT": Permission.RUN_LOG}

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("X-Content-SHA256", str, OpenApiParameter.HEADER),
            OpenApiParameter("X-Attempt", int, OpenApiParameter.HEADER),
        ],
        responses={200: serializers.OutputFileAnswer},
    )
    def put(self, request: Request, workspace: str, pk: int, name: str, path: str) -> Response:
        job, run = self.run_of(request, pk, Permission.RUN_LOG)
        attempt = pagination.whole_number("X-Attempt", request.headers.get("X-Attempt", ""), minimum=0, maximum=2**31)
        found = storing.store_file(
            job=job,
            output=job_data.output_of(run, name),
            path=path,
            stream=files.upload(request, settings.DATA_LIMIT_BYTES),
            sha256=request.headers.get("X-Content-SHA256", ""),
            attempt=attempt,
        )
        return Response({"path": found.path, "size": found.size, "sha256": found.sha256})


class CompleteOutput(JobDataView):
    """All files of an output lie in their places; what it becomes, it becomes when the run completes."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    @extend_schema(request=serializers.CompleteOutput, responses={200: serializers.OutputAnswer})
    def post(self, request: Request, workspace: str, pk: int, name: str) -> Response:
        job, run = self.run_of(request, pk, Permission.RUN_LOG)
        values = fields.clean(serializers.CompleteOutput, request.data)
        output: RunOutput = storing.complete(job=job, output=job_data.output_of(run, name), **values)
        return Response({"state": output.state, "problem": output.problem, "uri": output.uri})

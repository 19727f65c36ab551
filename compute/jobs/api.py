"""What runners and attached scripts say about their job. A job's token may speak for that job and those it started."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import logs, secret_values, serializers, services
from compute.jobs.models import Job
from compute.jobs.spec import spec_of
from compute.jobs.tokens import JobToken
from studio import access
from studio.access import Permission
from studio.api.fields import clean
from studio.api.parsers import read_body
from studio.api.views import WorkspaceAPIView
from studio.errors import Denied, Invalid

LOG_CHUNK_LIMIT = 1024 * 1024


class BytesParser(BaseParser):
    """The body as it is, unpacked when it was compressed."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = (parser_context or {})["request"]
        return read_body(stream, request.META, limit=LOG_CHUNK_LIMIT)


class RunnerView(WorkspaceAPIView):
    """A report about one job. Seeing it is not enough: `_reported_job` asks who may speak for it."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "POST": Permission.RUN_VIEW}
    open_to_ended_jobs: ClassVar = True


class JobSpecView(RunnerView):
    """The whole job, for its runner."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        job = _reported_job(request, pk)
        if not isinstance(request.auth, JobToken):
            raise _only_its_runner()
        return Response(spec_of(job).as_json())


class JobSecretView(WorkspaceAPIView):
    """One secret's value, for the runner of a live job that names it."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={200: serializers.SecretValueAnswer})
    def get(self, request: Request, workspace: str, pk: int, name: str) -> Response:
        job = access.get_or_404(request, Job, pk, Permission.RUN_VIEW)
        # Not even a script that it attached: the value is for the process that the runner starts.
        if not isinstance(request.auth, JobToken) or request.auth.job_id != job.pk:
            raise _only_its_runner()
        return Response({"name": name, "value": secret_values.value_for(job=job, name=name)})


class JobStateView(RunnerView):
    @extend_schema(request=serializers.StateSerializer, responses={200: dict})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        job = _reported_job(request, pk)
        values = clean(serializers.StateSerializer, request.data)
        services.report_state(
            job=job,
            attempt=values["attempt"],
            reported=values["state"],
            detail=values["detail"],
            age_seconds=values["age_seconds"],
        )
        return Response({"state": job.state, **asdict(services.orders(job=job))})


class HeartbeatView(RunnerView):
    @extend_schema(request=serializers.HeartbeatSerializer, responses={200: dict})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        job = _reported_job(request, pk)
        values = clean(serializers.HeartbeatSerializer, request.data)
        return Response(asdict(services.heartbeat(job=job, **values)))


class JobLogView(RunnerView):
    """The next bytes of a job's log, from `X-Offset` on. Bytes that are there already are taken as sent."""

    parser_classes = (BytesParser,)

    @extend_schema(request=bytes, responses={200: dict})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        job = _reported_job(request, pk)
        attempt, offset = _number(request, "X-Attempt"), _number(request, "X-Offset")
        size = logs.append(job=job, attempt=attempt, offset=offset, data=request.data or b"")
        return Response({"size": size, "cancel": job.cancel_requested_at is not None})


class JobFinishView(RunnerView):
    @extend_schema(request=serializers.FinishSerializer, responses={200: dict})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        job = _reported_job(request, pk)
        values = clean(serializers.FinishSerializer, request.data)
        services.finish(job=job, **values)
        return Response({"state": job.state})


def _reported_job(request: Request, pk: int) -> Job:
    """The job this principal may report for.

    A job's token is let in even after its end, to repeat its last report: the services refuse what comes too late.
    """
    if isinstance(request.auth, JobToken):
        job = access.get_or_404(request, Job, pk, Permission.RUN_VIEW)
        if not request.auth.speaks_for(job):
            raise _only_its_runner()
        return job
    job = access.get_or_404(request, Job, pk, Permission.RUN_LOG)
    if not job.is_attached:
        raise _only_its_runner()
    return job


def _only_its_runner() -> Denied:
    return Denied(
        "not_the_runner",
        "Only the job's own runner may report for it.",
        hint="Runners use the token that was handed to them; a script that attached itself uses its person's token.",
    )


def _number(request: Request, header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise Invalid("bad_header", f"The header {header} must be a whole number.", fields={header: "not a number"})
    return int(value)

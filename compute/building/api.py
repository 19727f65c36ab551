"""What a build's program asks and answers with its job's own token. Nobody else is let in."""

from typing import ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.building import handlers, machine, queries, serializers, services
from compute.building.plans import Plan
from compute.jobs.models import Job
from compute.jobs.tokens import JobToken
from studio import access
from studio.access import Permission
from studio.api import files
from studio.api.fields import clean
from studio.api.views import WorkspaceAPIView
from studio.errors import Denied, Invalid, NotFound

DOWNLOAD = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class BuildView(WorkspaceAPIView):
    """What the job shall build, where, and with which credentials it pushes."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={200: serializers.BuildAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        job = _own_job(request, pk)
        plan = _plan_of(job)
        return Response(
            {
                "plan": plan.to_json(),
                "credentials": handlers.of(job.kind).credentials(job, plan),
                "machine": machine.told(),
            }
        )


class BuildFile(files.FileView):
    """One stored file that the plan names."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses=DOWNLOAD)
    def get(self, request: Request, workspace: str, pk: int, sha256: str) -> HttpResponseBase:
        job = _own_job(request, pk)
        found = handlers.of(job.kind).files(job, _plan_of(job)).get(sha256)
        if found is None:
            raise NotFound("not_found", "This build needs no such file.")
        return files.download(request, found, name=sha256[:12], content_type="application/octet-stream")


class BuildResultView(WorkspaceAPIView):
    """What came of the build: an image, or why there is none."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}
    open_to_ended_jobs: ClassVar = True
    max_body: ClassVar = 8 * 1024 * 1024

    @extend_schema(request=serializers.ResultSerializer, responses={200: serializers.ResultAnswer})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        job = _own_job(request, pk)
        values = clean(serializers.ResultSerializer, request.data)
        attempt, image, problem = values["attempt"], values["image"], values["problem"]
        if bool(image) == bool(problem):
            raise Invalid("build_answer", "A build answers with an image or with a problem, and not with both.")
        if image:
            services.take_result(job=job, attempt=attempt, result=image)
        else:
            services.take_problem(job=job, attempt=attempt, problem=problem)
        return Response({"state": job.state})


def _own_job(request: Request, pk: int) -> Job:
    """The build this token belongs to; whoever else may see the job is told that this is not theirs."""
    job = access.get_or_404(request, Job, pk, Permission.RUN_VIEW)
    if not isinstance(request.auth, JobToken) or request.auth.job_id != job.pk:
        raise Denied("not_the_runner", "Only the job's own runner may ask this.")
    return job


def _plan_of(job: Job) -> Plan:
    plan = queries.plan_of(job)
    if plan is None:
        raise NotFound("no_build", "This job builds nothing.")
    return plan

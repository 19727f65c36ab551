"""What a Deploy Model step asks with its job's own token. Nobody else is let in: people deploy at their endpoints."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs.models import Job
from compute.jobs.tokens import JobToken
from registry.endpoints import addresses
from registry.endpoints.models import DeploymentRevision
from runs.pipelines.deploying import serializers, services
from studio import access
from studio.access import Permission
from studio.api import fields
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import Denied


class JobDeployment(WorkspaceAPIView):
    """POST deploys what the step names, in the name of whoever started the pipeline; GET says how a revision stands."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "POST": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="job_deployment",
        parameters=[OpenApiParameter("revision", int, required=True)],
        responses={200: serializers.StepDeployment},
    )
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        job = self._own(request, pk)
        return Response(_shown(services.standing(job=job, number=request.GET.get("revision", ""))))

    @extend_schema(
        operation_id="job_deploy", request=serializers.StepDeploys, responses={201: serializers.StepDeployment}
    )
    @idempotent
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        job = self._own(request, pk)
        values = fields.clean(serializers.StepDeploys, request.data)
        return Response(_shown(services.begin(actor=request.user, job=job, **values)), status=201)

    def _own(self, request: Request, pk: int) -> Job:
        job = access.get_or_404(request, Job, pk, Permission.RUN_VIEW)
        if not isinstance(request.auth, JobToken) or request.auth.job_id != job.pk:
            raise Denied("not_the_runner", "Only the job's own runner may ask this.")
        job.workspace = self.workspace
        return job


def _shown(revision: DeploymentRevision) -> dict[str, Any]:
    deployment, model = revision.deployment, revision.model_version
    endpoint = deployment.endpoint
    return {
        "endpoint": endpoint.name,
        "deployment": deployment.name,
        "revision": revision.number,
        "state": revision.state,
        "problem": revision.problem,
        "model": f"{model.model.name}:{model.number}" if model else None,
        "traffic": endpoint.traffic.get(deployment.name, 0),
        "scoring_uri": addresses.scoring_uri(endpoint),
        "url": deployment.get_absolute_url(),
    }

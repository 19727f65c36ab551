"""What the views of batch scoring share: the rows of an address, each behind its access line."""

from rest_framework.request import Request

from registry.batch import queries
from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob
from studio import access
from studio.access import Permission
from studio.api.views import WorkspaceAPIView
from studio.errors import NotFound

VIEW, EDIT, INVOKE = Permission.ENDPOINT_VIEW, Permission.ENDPOINT_EDIT, Permission.ENDPOINT_INVOKE


class BatchView(WorkspaceAPIView):
    """A view of one batch endpoint or job. Its rights are the workspace's: the policy is judged before."""

    def endpoint(self, request: Request, name: str) -> BatchEndpoint:
        return self.row(request, BatchEndpoint, VIEW, name=name)

    def deployment(self, request: Request, name: str, deployment: str) -> BatchDeployment:
        found = queries.deployment_at(self.endpoint(request, name), deployment)
        found.endpoint.workspace = self.workspace
        return found

    def job(self, request: Request, pk: str) -> BatchJob:
        access.get_or_404(request, BatchJob, None, VIEW, id=pk)
        found = queries.job_at(pk)
        if found is None:
            raise NotFound("not_found", "There is no such batch job here.")
        return found

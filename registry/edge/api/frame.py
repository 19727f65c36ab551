"""What the views of devices share: the rows of an address, each behind its access line."""

from django.conf import settings
from rest_framework.request import Request

from registry.edge import queries
from registry.edge.models import EdgeDevice, EdgeModule
from registry.edge.services import Code
from studio.access import Permission
from studio.api.views import WorkspaceAPIView

VIEW, MANAGE = Permission.DEVICE_VIEW, Permission.DEVICE_MANAGE


class DeviceView(WorkspaceAPIView):
    """A view of one device. Its rights are the workspace's: the policy is judged before."""

    def device(self, request: Request, name: str) -> EdgeDevice:
        return self.row(request, EdgeDevice, VIEW, name=name)

    def module(self, request: Request, name: str, module: str) -> EdgeModule:
        device = self.device(request, name)
        found = queries.module_at(device, module)
        found.device = device
        return found


def code(found: Code) -> dict[str, object]:
    """A code with the line that uses it."""
    line = f"atelier edge enroll --url {settings.BASE_URL} --code {found.code}"
    return {"code": found.code, "expires_at": found.expires_at, "enroll": line}

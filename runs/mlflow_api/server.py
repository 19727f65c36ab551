"""What a client asks of the server itself."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api.base import MlflowError, MlflowView
from studio.access import Permission

# The version of MLflow whose contract is served: clients compare it with their own.
SERVED_VERSION = "3.17.2"
# Whether large artifacts may travel in parts (`mpu/…`) and by signed links (`presigned/…`).
HAS_MULTIPART_UPLOADS = False
HAS_MULTIPART_DOWNLOADS = False


class Version(MlflowView):
    policy: ClassVar = {"GET": Permission.WORKSPACE_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponse:
        return HttpResponse(SERVED_VERSION, content_type="text/plain")


class Health(MlflowView):
    policy: ClassVar = {"GET": Permission.WORKSPACE_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponse:
        return HttpResponse("OK", content_type="text/plain")


class ServerInfo(MlflowView):
    """What this server can do. The workspace is in the address already, so clients need no workspace of MLflow's."""

    policy: ClassVar = {"GET": Permission.WORKSPACE_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        return Response(
            {
                "store_type": "SqlStore",
                "workspaces_enabled": False,
                "trace_archival_enabled": False,
                "multipart_uploads_enabled": HAS_MULTIPART_UPLOADS,
                "multipart_downloads_enabled": HAS_MULTIPART_DOWNLOADS,
                "presigned_upload_run_id_supported": True,
                "presigned_upload_model_id_supported": True,
                "features_enabled": {"gateway": False},
            }
        )


class Unknown(MlflowView):
    """What MLflow has and the studio does not serve, and what never was."""

    policy: ClassVar = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), Permission.WORKSPACE_VIEW)

    def _answer(self, request: Request, workspace: str, **rest: Any) -> Response:
        raise MlflowError("ENDPOINT_NOT_FOUND", f"There is no {request.method} {request.path} here.")

    get = post = put = patch = delete = _answer

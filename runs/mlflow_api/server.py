"""What a client asks of the server itself."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api.base import MlflowError, MlflowView
from studio.access import Permission

# The version of MLflow whose contract is served: clients compare it with their own.
SERVED_VERSION = "3.17.2"


class Version(MlflowView):
    policy: ClassVar = {"GET": Permission.WORKSPACE_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponse:
        return HttpResponse(SERVED_VERSION, content_type="text/plain")


class Health(MlflowView):
    policy: ClassVar = {"GET": Permission.WORKSPACE_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponse:
        return HttpResponse("OK", content_type="text/plain")


class Unknown(MlflowView):
    """What MLflow has and the studio does not serve, and what never was."""

    policy: ClassVar = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), Permission.WORKSPACE_VIEW)

    def _answer(self, request: Request, workspace: str) -> Response:
        raise MlflowError("ENDPOINT_NOT_FOUND", f"There is no {request.method} {request.path} here.")

    get = post = put = patch = delete = _answer

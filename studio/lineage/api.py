"""REST: the lineage of a thing."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from studio.access import Permission
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid
from studio.lineage import graph, references, serializers

KIND = OpenApiParameter(
    "kind", str, required=True, description="data, environment, run, model, image, deployment or endpoint"
)
NAME = OpenApiParameter(
    "name", str, required=True, description="A run's id, digits:3 or digits@champion, iris, iris/blue for a deployment"
)


class Lineage(WorkspaceAPIView):
    """Everything a thing came from and everything that came of it: data, runs, models, images, deployments, endpoints."""

    policy: ClassVar = {"GET": Permission.WORKSPACE_VIEW}

    @extend_schema(parameters=[KIND, NAME], responses={200: serializers.Lineage})
    def get(self, request: Request, workspace: str) -> Response:
        kind, name = request.query_params.get("kind", ""), request.query_params.get("name", "")
        if not kind or not name:
            message = "Say which thing: ?kind=model&name=digits:3."
            raise Invalid("bad_lineage", message, hint=f"Kinds: {', '.join(references.words())}.")
        thing = references.find(self.workspace, kind, name)
        return Response(serializers.lineage(self.workspace, graph.graph_of(self.workspace, thing)))

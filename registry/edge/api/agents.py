"""The addresses of agents. A device's token opens these and nothing else; nobody else's token opens them."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.edge import desired, image_parts, queries, reading, serializers, services
from registry.edge.tokens import DeviceAuthentication, DeviceToken
from registry.images.models import ImageVersion
from studio.api import fields
from studio.api.files import AnyAccept, serve
from studio.api.views import StudioAPIView
from studio.errors import Denied
from studio.web.addresses import client_address

BYTES = OpenApiResponse(OpenApiTypes.BINARY)


class AgentView(StudioAPIView):
    """A view for the agent of a device, and for nobody else: 401 without a token, 403 with another one."""

    authentication_classes = (DeviceAuthentication,)
    permission_classes = ()
    max_body: ClassVar[int] = 128 * 1024
    held: DeviceToken

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if isinstance(request.auth, DeviceToken):
            self.held = request.auth
            return
        if request.auth is None and not request.user.is_authenticated:
            raise NotAuthenticated("This address needs the token of a device.")
        raise Denied("device_only", "This address is for the agents of devices.", hint="Enrol the device by its code.")


class Enrol(StudioAPIView):
    """A code exchanged for a token. The code is all that is asked for."""

    authentication_classes = (DeviceAuthentication,)
    permission_classes = ()
    max_body: ClassVar[int] = 128 * 1024

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "POST" and request.auth is None:
            raise NotAuthenticated("A device enrols by POST.")

    @extend_schema(
        operation_id="edge_enroll", request=serializers.Enrol, responses={201: serializers.EnrolAnswer}, auth=[]
    )
    def post(self, request: Request) -> Response:
        values = fields.clean(serializers.Enrol, request.data)
        found = services.enrol(code=values["code"], address=client_address(request), facts=values["facts"])
        said = {
            "token": found.token,
            "device": found.device.name,
            "workspace": found.device.workspace.slug,
            "report_seconds": settings.EDGE_REPORT_SECONDS,
        }
        return Response(said, status=201, headers={"Cache-Control": "no-store"})


class Desired(AgentView):
    """What the device shall run; 304 for a revision that it has already."""

    @extend_schema(operation_id="edge_desired", responses={200: serializers.DesiredAnswer})
    def get(self, request: Request) -> HttpResponseBase:
        device = self.held.device
        tag = f'"{device.revision}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponse(status=304, headers={"ETag": tag})
        return Response(desired.of(device), headers={"ETag": tag, "Cache-Control": "no-store"})


class Report(AgentView):
    """What the device says of itself; the answer says which revision it shall run."""

    @extend_schema(
        operation_id="edge_report",
        request=serializers.DeviceReport,
        responses={200: serializers.DeviceReportAnswer},
    )
    def post(self, request: Request) -> Response:
        values = fields.clean(serializers.DeviceReport, request.data)
        device = services.take_report(
            device=self.held.device, token_hash=self.held.token_hash, report=reading.report(values)
        )
        return Response({"revision": device.revision, "report_seconds": settings.EDGE_REPORT_SECONDS})


class ImageView(AgentView):
    """Views of one image that a module of the device shall run."""

    content_negotiation_class = AnyAccept

    def image(self, version: int) -> ImageVersion:
        return queries.image_on(self.held.device, version)


class Image(ImageView):
    """Where the device gets an image."""

    @extend_schema(operation_id="edge_image", responses={200: serializers.ImagePartsAnswer})
    def get(self, request: Request, version: int) -> Response:
        found = image_parts.of(self.image(version))
        config = _part(found.config) if found.config else None
        layers = [_part(one) for one in found.layers]
        return Response(
            {
                "form": found.form,
                "image_id": found.image_id,
                "reference": found.reference,
                "config": config,
                "layers": layers,
            }
        )


class ImagePart(ImageView):
    """A part of an image by its digest, or the range of it that is asked for."""

    @extend_schema(operation_id="edge_image_part", responses={200: BYTES})
    def get(self, request: Request, version: int, digest: str) -> HttpResponseBase:
        image = self.image(version)
        part = image_parts.of(image).part(digest)
        return serve(
            request,
            lambda start, end: image_parts.read(image, part, start, end),
            size=part.size,
            tag=part.digest,
            name=part.digest.removeprefix("sha256:"),
            content_type="application/octet-stream",
        )


class ImageArchive(ImageView):
    """A whole image as the engine saves it, where the studio has no registry."""

    @extend_schema(operation_id="edge_image_archive", responses={200: BYTES})
    def get(self, request: Request, version: int) -> HttpResponseBase:
        pieces = image_parts.archive(self.image(version))
        return StreamingHttpResponse(pieces, content_type="application/x-tar")


def _part(part: image_parts.Part) -> dict[str, Any]:
    return {"digest": part.digest, "size": part.size}

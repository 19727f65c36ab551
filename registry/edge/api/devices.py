"""Devices: made, enrolled, looked at."""

from typing import ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.edge import manifest, queries, serializers, services, shown
from registry.edge.api.frame import MANAGE, VIEW, DeviceView, code
from studio.api import fields, listing, pagination

LIST = [listing.WORDS, *listing.PAGE]
MANIFEST = [
    OpenApiParameter(
        "registry", str, description="the registry from which the device pulls; the images' own, when left out"
    )
]
NO_STORE = {"Cache-Control": "no-store"}


class Devices(DeviceView):
    policy: ClassVar = {"GET": VIEW, "POST": MANAGE}

    @extend_schema(operation_id="devices_list", parameters=LIST, responses={200: serializers.DeviceList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.devices_in(self.workspace, listing.words(request))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=shown.device))

    @extend_schema(request=serializers.NewDevice, responses={201: serializers.NewDeviceAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        # Not repeatable by a key: the stored answer would keep the code.
        values = fields.clean(serializers.NewDevice, request.data)
        made, issued = services.create_device(actor=request.user, workspace=self.workspace, **values)
        return Response({**shown.device(made), "code": code(issued)}, status=201, headers=NO_STORE)


class Device(DeviceView):
    policy: ClassVar = {"GET": VIEW, "PATCH": MANAGE, "DELETE": MANAGE}

    @extend_schema(responses={200: serializers.DeviceAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(shown.device(self.device(request, name)))

    @extend_schema(request=serializers.EditDevice, responses={200: serializers.DeviceAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        device = self.device(request, name)
        values = fields.clean(serializers.EditDevice, request.data, partial=True)
        return Response(shown.device(services.edit_device(actor=request.user, device=device, **values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete_device(actor=request.user, device=self.device(request, name))
        return Response(status=204)


class DeviceCode(DeviceView):
    """POST: another code. DELETE: neither the device's token nor a code opens the studio any more."""

    policy: ClassVar = {"POST": MANAGE, "DELETE": MANAGE}

    @extend_schema(request=serializers.DeviceCodeRequest, responses={201: serializers.DeviceCodeAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        device = self.device(request, name)
        values = fields.clean(serializers.DeviceCodeRequest, request.data)
        issued = services.new_code(actor=request.user, device=device, hours=values["hours"])
        return Response(code(issued), status=201, headers=NO_STORE)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.revoke(actor=request.user, device=self.device(request, name))
        return Response(status=204)


class DeviceEvents(DeviceView):
    """What happened on a device, the newest first."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="device_events_list", parameters=listing.PAGE, responses={200: serializers.DeviceEventList}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.events_of(self.device(request, name))
        return Response(pagination.answer(request, rows, order=("-id",), show=shown.event))


class DeviceManifest(DeviceView):
    """The device's modules as a deployment manifest of Azure IoT Edge."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="device_manifest",
        parameters=MANIFEST,
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="a deployment manifest, schema 1.1")},
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(manifest.of(self.device(request, name), registry=request.GET.get("registry", "")))

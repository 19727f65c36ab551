"""What a device shall run: added, changed, rolled back, taken away."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.edge import queries, serializers, services, shown
from registry.edge.api.frame import MANAGE, VIEW, DeviceView
from registry.images import queries as images
from studio.api import fields
from studio.api.idempotency import idempotent


class Modules(DeviceView):
    policy: ClassVar = {"GET": VIEW, "POST": MANAGE}

    @extend_schema(operation_id="device_modules_list", responses={200: serializers.ModuleList})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.modules_of(self.device(request, name))
        return Response({"results": [shown.module(row) for row in rows]})

    @extend_schema(request=serializers.NewModule, responses={201: serializers.ModuleAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        device = self.device(request, name)
        values = fields.clean(serializers.NewModule, request.data)
        version = images.find(self.workspace, values.pop("image"))
        made = services.add_module(
            actor=request.user, device=device, name=values.pop("name"), version=version, given=values
        )
        return Response(shown.module(made), status=201)


class Module(DeviceView):
    policy: ClassVar = {"GET": VIEW, "PATCH": MANAGE, "DELETE": MANAGE}

    @extend_schema(responses={200: serializers.ModuleAnswer})
    def get(self, request: Request, workspace: str, name: str, module: str) -> Response:
        return Response(shown.module(self.module(request, name, module)))

    @extend_schema(request=serializers.EditModule, responses={200: serializers.ModuleAnswer})
    def patch(self, request: Request, workspace: str, name: str, module: str) -> Response:
        found = self.module(request, name, module)
        values = fields.clean(serializers.EditModule, request.data, partial=True)
        return Response(shown.module(self._changed(request, found, values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, module: str) -> Response:
        services.remove_module(actor=request.user, module=self.module(request, name, module))
        return Response(status=204)

    def _changed(self, request: Request, found: Any, values: dict[str, Any]) -> Any:
        state, is_restart = values.pop("state", None), values.pop("restart_now", False)
        image = values.pop("image", None)
        if image is not None or values:
            version = images.find(self.workspace, image) if image is not None else None
            found = services.update_module(actor=request.user, module=found, version=version, given=values)
        if state is not None and found.is_stopped != (state == "stopped"):
            turn = services.stop_module if state == "stopped" else services.start_module
            found = turn(actor=request.user, module=found)
        if is_restart:
            found = services.restart_module(actor=request.user, module=found)
        return found


class ModuleRollBack(DeviceView):
    """The image and the options from before the last update."""

    policy: ClassVar = {"POST": MANAGE}

    @extend_schema(request=None, responses={200: serializers.ModuleAnswer})
    def post(self, request: Request, workspace: str, name: str, module: str) -> Response:
        found = self.module(request, name, module)
        return Response(shown.module(services.roll_back(actor=request.user, module=found)))

"""Pages of devices: the list, one device, and what is done to it and its modules."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.edge import forms, manifest, pages, queries, services
from registry.edge.models import EdgeDevice, EdgeModule
from registry.images import queries as images
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api.files import attachment
from studio.errors import NotFound, StudioError
from studio.web.forms import blame, tag_lines
from studio.web.page import page
from studio.web.templatetags import ui

VIEW, MANAGE = Permission.DEVICE_VIEW, Permission.DEVICE_MANAGE
ACTIONS: dict[str, tuple[Callable[..., object], str]] = {
    "rollback": (services.roll_back, "goes back to what it ran before"),
    "stop": (services.stop_module, "is being stopped"),
    "start": (services.start_module, "is being started"),
    "restart": (services.restart_module, "is being started anew"),
    "remove": (services.remove_module, "is taken off the device"),
}


@login_required
@require_GET
def device_list(request: HttpRequest, workspace: str) -> HttpResponse:
    there = access.workspace_or_404(request, VIEW)
    context = {"workspace": there, "page": pages.device_list(request, there), "form": forms.DeviceForm()}
    return page(request, "registry/edge/list.html", context, part="rows")


@login_required
@require_POST
def device_new(request: HttpRequest, workspace: str) -> HttpResponse:
    """A device, and its code on the page that answers: it is shown this once."""
    there = access.workspace_or_404(request, MANAGE)
    form = forms.DeviceForm(request.POST)
    if form.is_valid():
        try:
            device, code = services.create_device(actor=request.user, workspace=there, **form.cleaned_data)
            return _code(request, device, code)
        except StudioError as error:
            blame(form, error)
    context = {"workspace": there, "page": pages.device_list(request, there), "form": form}
    return page(request, "registry/edge/list.html", context, status=422)


@login_required
@require_GET
def device_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The device; `?part=state` is the chip beside its name alone."""
    device = _device(request, name)
    if request.GET.get("part") == "state":
        return page(request, "ui/state_chip.html", ui.state_context(queries.state_of(device), pill=True))
    return page(request, "registry/edge/device.html", _shown(request, device), part="device")


@login_required
@require_POST
def device_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    device = _device(request, name, MANAGE)
    form = forms.DescribeForm(request.POST)
    if form.is_valid():
        try:
            services.edit_device(actor=request.user, device=device, **form.cleaned_data)
            return redirect(device.get_absolute_url())
        except StudioError as error:
            blame(form, error)
    return page(request, "registry/edge/device.html", {**_shown(request, device), "form": form}, status=422)


@login_required
@require_POST
def device_code(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Another code, shown this once."""
    device = _device(request, name, MANAGE)
    return _code(request, device, services.new_code(actor=request.user, device=device))


@login_required
@require_POST
def device_revoke(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    device = _device(request, name, MANAGE)
    return _done(
        request, device, f"Nothing opens the studio to {name} any more.",
        lambda: services.revoke(actor=request.user, device=device),
    )  # fmt: skip


@login_required
@require_POST
def device_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    services.delete_device(actor=request.user, device=_device(request, name, MANAGE))
    messages.success(request, f"The device {name} was deleted.")
    return redirect("device-list", workspace=workspace)


@login_required
@require_GET
def device_manifest(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The deployment manifest of Azure IoT Edge as a file."""
    device = _device(request, name)
    try:
        found = manifest.of(device, registry=request.GET.get("registry", ""))
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(device.get_absolute_url())
    headers = {"Content-Disposition": attachment(f"{name}.deployment.json")}
    return JsonResponse(found, json_dumps_params={"indent": 2}, headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def device_deploy(request: HttpRequest, workspace: str) -> HttpResponse:
    """The form that has a device run an image (`?device=`, `?image=`, `?module=`)."""
    there = access.workspace_or_404(request, MANAGE)
    places = [device.name for device in queries.devices_in(there)[:500]]
    form = forms.ModuleForm(request.POST or None, places=places, initial=_initial(request, there))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_deployed(request, there, form).get_absolute_url())
        except StudioError as error:
            blame(form, error)
    context = {
        "workspace": there,
        "form": form,
        "has_devices": bool(places),
        "image_names": images.names_in(there),
        "back": request.GET.get("device", "") if request.GET.get("device", "") in places else "",
    }
    return page(request, "registry/edge/deploy.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def module_act(request: HttpRequest, workspace: str, name: str, module: str) -> HttpResponse:
    """What the form's `action` says is done to a module."""
    device = _device(request, name, MANAGE)
    action = request.POST.get("action", "")
    if action not in ACTIONS:
        messages.error(request, "There is no such action.")
        return redirect(device.get_absolute_url())
    work, words = ACTIONS[action]
    found = _module(device, module)
    return _done(request, device, f"{module} {words}.", lambda: work(actor=request.user, module=found))


def _deployed(request: HttpRequest, workspace: Workspace, form: forms.ModuleForm) -> EdgeDevice:
    values = form.cleaned_data
    device = queries.device_at(workspace, values["device"])
    version = images.find(workspace, values["image"])
    services.deploy(actor=request.user, device=device, name=values["module"], version=version, given=form.given())
    messages.success(request, f"{device.name} shall run {version} as {values['module']}.")
    return device


def _initial(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    """What the address says, on top of what the module has that it names."""
    given = {key: request.GET.get(key, "")[:300] for key in ("device", "image", "module")}
    known: dict[str, Any] = {}
    if given["device"] and given["module"]:
        try:
            known = pages.module_values(
                queries.module_at(queries.device_at(workspace, given["device"]), given["module"])
            )
        except NotFound:
            known = {}
    if given["image"] and not given["module"]:
        name = "".join(one if one.isalnum() else "-" for one in given["image"].partition(":")[0].lower())
        given["module"] = name.strip("-")[:40].strip("-")
    return {**known, **{key: value for key, value in given.items() if value}}


def _shown(request: HttpRequest, device: EdgeDevice) -> dict[str, Any]:
    form = forms.DescribeForm(initial={"description": device.description, "tags": tag_lines(device.tags)})
    return {"workspace": device.workspace, "device": device, "page": pages.device_page(request, device), "form": form}


def _code(request: HttpRequest, device: EdgeDevice, code: services.Code) -> HttpResponse:
    lines = f"atelier edge enroll --url {settings.BASE_URL} --code {code.code}\natelier edge agent"
    context = {"workspace": device.workspace, "device": device, "code": code, "lines": lines}
    answer = page(request, "registry/edge/code.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _done(request: HttpRequest, device: EdgeDevice, said: str, work: Callable[[], object]) -> HttpResponse:
    """Do it, say so or why not, and go back to the device."""
    try:
        work()
        messages.success(request, said)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(device.get_absolute_url())


def _device(request: HttpRequest, name: str, permission: Permission = VIEW) -> EdgeDevice:
    found: EdgeDevice = access.get_or_404(request, EdgeDevice, None, permission, name=name)
    return found


def _module(device: EdgeDevice, name: str) -> EdgeModule:
    found = queries.module_at(device, name)
    found.device = device
    return found

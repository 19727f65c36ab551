"""What the pages of devices show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from registry.edge import queries
from registry.edge.models import EdgeDevice, EdgeEvent, EdgeModule
from registry.edge.options import Options
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.web import formats
from studio.web.endpoint_tabs import endpoint_tabs
from studio.web.forms import tag_lines
from studio.web.tabs import Tab

PAGE_ROWS = 50
EVENTS = 30
FIRST_LINES = (
    "atelier device create press-3                        # prints a code\n"
    "atelier edge enroll --url URL --code CODE            # on the device\n"
    "atelier edge agent                                   # on the device\n"
    "atelier device deploy press-3 --image defects:3 --port 8080 --wait"
)
FINE = ("running", "stopped")


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with devices here."""

    manage: bool


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A module as it shall be and as the device says it is."""

    module: EdgeModule
    options: Options
    state: str
    runs: str  # the image on the device; empty while nothing was said of it
    is_other: bool  # the device runs another image than it shall
    problem: str
    since: Any
    restarts: int
    cpu: str
    memory: float | None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    device: EdgeDevice
    state: str
    modules: list[ModuleRow]
    cpu: str
    memory: str


@dataclass(frozen=True, slots=True)
class DeviceList:
    rows: list[DeviceRow]
    q: str
    next_url: str
    previous_url: str
    tabs: list[Tab]
    snippet: str
    can: Can


@dataclass(frozen=True, slots=True)
class Meter:
    """A share of something, for a bar."""

    label: str
    percent: int
    words: str


@dataclass(frozen=True, slots=True)
class DevicePage:
    device: EdgeDevice
    state: str
    modules: list[ModuleRow]
    meters: list[Meter]
    facts: list[tuple[str, str]]
    is_behind: bool  # it has not yet brought about what it shall run
    events: list[EdgeEvent]
    can: Can


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(manage=access.allows(request, Permission.DEVICE_MANAGE, workspace))


def device_list(request: HttpRequest, workspace: Workspace) -> DeviceList:
    """A page of the workspace's devices by name."""
    q = request.GET.get("q", "").strip()[:200]
    page = pagination.page_of(
        queries.devices_in(workspace, q), order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )
    return DeviceList(
        rows=[_row(device) for device in page.rows],
        q=q,
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        tabs=endpoint_tabs(workspace, "Devices"),
        snippet=FIRST_LINES,
        can=can(request, workspace),
    )


def device_page(request: HttpRequest, device: EdgeDevice) -> DevicePage:
    rows = list(queries.modules_of(device))
    state = queries.state_of(device)
    return DevicePage(
        device=device,
        state=state,
        modules=[module_row(device, row, state) for row in rows],
        meters=_meters(device.telemetry),
        facts=_facts(device),
        is_behind=state == "online" and device.reported_revision != device.revision,
        events=list(queries.events_of(device)[:EVENTS]),
        can=can(request, device.workspace),
    )


def module_row(device: EdgeDevice, row: EdgeModule, state: str) -> ModuleRow:
    """What is shown of a module; a device that is not there says nothing of now."""
    said = device.reported.get(row.name) or {}
    figures = (device.telemetry.get("modules") or {}).get(row.name) or {}
    is_now = state == "online"
    found = str(said.get("state") or ("stopped" if row.is_stopped else "waiting"))
    return ModuleRow(
        module=row,
        options=Options.from_json(row.options),
        state=found if is_now or not said else "lost",
        runs=str(said.get("image") or ""),
        is_other=bool(said) and said.get("version") != row.image_version_id and found != "stopped",
        problem=str(said.get("problem") or ""),
        since=parse_datetime(said.get("since") or ""),
        restarts=int(said.get("restarts") or 0),
        cpu=f"{figures['cpu']:.0f} %" if is_now and "cpu" in figures else "",
        memory=figures.get("memory") if is_now else None,
    )


def module_values(module: EdgeModule) -> dict[str, Any]:
    """What the form shows of a module that is there."""
    options = Options.from_json(module.options)
    return {
        "device": module.device.name,
        "module": module.name,
        "image": str(module.image_version),
        "port": options.port or None,
        "address": options.address,
        "cpus": options.cpus or None,
        "memory": f"{options.memory // 1024**2}M" if options.memory else "",
        "restart": options.restart,
        "variables": tag_lines(options.environment_variables),
    }


def _row(device: EdgeDevice) -> DeviceRow:
    state = queries.state_of(device)
    said = device.telemetry if state == "online" else {}
    return DeviceRow(
        device=device,
        state=state,
        modules=[module_row(device, row, state) for row in device.modules.all()],
        cpu=f"{said['cpu']:.0f} %" if "cpu" in said else "",
        memory=formats.percent(_share(said, "memory") / 100) if said.get("memory_total") else "",
    )


def _meters(said: Mapping[str, Any]) -> list[Meter]:
    found = []
    if "cpu" in said:
        percent = min(100, round(said["cpu"]))
        found.append(Meter("Processor", percent, f"{percent} %"))
    for label, name in (("Memory", "memory"), ("Disk", "disk")):
        if said.get(f"{name}_total"):
            words = f"{formats.size(said.get(name, 0))} of {formats.size(said[f'{name}_total'])}"
            found.append(Meter(label, _share(said, name), words))
    return found


def _share(said: Mapping[str, Any], name: str) -> int:
    return min(100, round(100 * said.get(name, 0) / said[f"{name}_total"]))


def _facts(device: EdgeDevice) -> list[tuple[str, str]]:
    said = device.facts
    cores = f"{said['cpus']:g} cores" if said.get("cpus") else ""
    found = [
        ("Host", str(said.get("host") or "")),
        ("System", str(said.get("os") or "")),
        ("Processor", " · ".join(part for part in (str(said.get("architecture") or ""), cores) if part)),
        ("Docker", str(said.get("engine") or "")),
        ("Agent", str(said.get("agent") or "")),
        ("Revision", f"{device.reported_revision} of {device.revision}"),
    ]
    return [(label, text) for label, text in found if text]


def _page_url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""

"""What a device shall run: each change makes a new revision, which its agent brings about."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from registry.edge import names, options, queries
from registry.edge.models import EdgeDevice, EdgeModule
from registry.edge.options import Options
from registry.edge.services import telling
from registry.images import queries as images
from registry.images.models import ImageVersion
from studio.accounts.models import User
from studio.errors import Conflict, NotFound
from studio.lineage import services as lineage
from studio.lineage.things import Thing

MOST_MODULES = 30


def deploy(
    *, actor: User | None, device: EdgeDevice, name: str, version: ImageVersion, given: Mapping[str, Any] | None = None
) -> EdgeModule:
    """The module of this name with this image: a new one, or the one that is there moved on to it."""
    present = queries.modules_of(device).filter(name=name).first() if isinstance(name, str) else None
    if present is None:
        return add_module(actor=actor, device=device, name=name, version=version, given=given)
    return update_module(actor=actor, module=present, version=version, given=given)


def add_module(
    *, actor: User | None, device: EdgeDevice, name: str, version: ImageVersion, given: Mapping[str, Any] | None = None
) -> EdgeModule:
    """A module that the device starts next. Raises Conflict `module_exists`, `device_port_taken`, Invalid."""
    wanted = options.changed(Options(), given or {})
    module = EdgeModule(
        device=device, name=names.module_name(name), image_version=_fit(device, version), options=wanted.to_json()
    )
    if queries.modules_of(device).count() >= MOST_MODULES:
        raise Conflict("device_full", f"The device {device.name} has {MOST_MODULES} modules, the most it may have.")
    _refuse_taken(device, name, wanted)
    try:
        with _revision(device, actor, "added", f"{name} with {version}."):
            module.save()
            telling.event(device, "ModuleAdded", f"With {version}.", module=name, actor=actor)
            _link(device, version)
    except IntegrityError:
        raise Conflict(
            "module_exists", f"The device {device.name} has a module {name} already.", hint="Update that one."
        ) from None
    return module


def update_module(
    *,
    actor: User | None,
    module: EdgeModule,
    version: ImageVersion | None = None,
    given: Mapping[str, Any] | None = None,
) -> EdgeModule:
    """Another image, other options, or both. What was before is kept to go back to. Nothing changes: no new revision."""
    device = module.device
    before = Options.from_json(module.options)
    wanted = options.changed(before, given or {})
    image = _fit(device, version) if version is not None else module.image_version
    if image.pk == module.image_version_id and wanted == before:
        return module
    _refuse_taken(device, module.name, wanted)
    detail = f"{module.name} from {module.image_version} to {image}." if version else f"The options of {module.name}."
    with _revision(device, actor, "updated", detail):
        _change(
            module, image_version=image, options=wanted.to_json(), previous=module.image_version,
            previous_options=module.options, is_stopped=False,
        )  # fmt: skip
        telling.event(device, "ModuleUpdated", f"To {image}.", module=module.name, actor=actor)
        _link(device, image)
    return queries.module_at(device, module.name)


def roll_back(*, actor: User | None, module: EdgeModule) -> EdgeModule:
    """The image and the options from before the last update; a second time leads back again. Raises Conflict."""
    device, before = module.device, module.previous
    if before is None:
        raise Conflict(
            "nothing_to_roll_back",
            f"The module {module.name} has not been updated yet.",
            hint="Update it to the image you want.",
        )
    _refuse_taken(device, module.name, Options.from_json(module.previous_options))
    with _revision(device, actor, "rolled_back", f"{module.name} to {before}."):
        _change(
            module, image_version=before, options=module.previous_options, previous=module.image_version,
            previous_options=module.options, is_stopped=False,
        )  # fmt: skip
        telling.event(device, "RolledBack", f"To {before}.", module=module.name, actor=actor)
        _link(device, before)
    return queries.module_at(device, module.name)


def stop_module(*, actor: User | None, module: EdgeModule) -> EdgeModule:
    """It stays on the device and does not run, until it is started. Raises Conflict when it is stopped."""
    return _turned(actor, module, is_stopped=True, kind="ModuleStopped", verb="stopped")


def start_module(*, actor: User | None, module: EdgeModule) -> EdgeModule:
    return _turned(actor, module, is_stopped=False, kind="ModuleStarted", verb="started")


def restart_module(*, actor: User | None, module: EdgeModule) -> EdgeModule:
    """Started anew, also one that its device had given up. Raises Conflict for one that shall not run."""
    if module.is_stopped:
        raise Conflict("module_stopped", f"The module {module.name} is stopped.", hint="Start it.")
    with _revision(module.device, actor, "restarted", f"{module.name}."):
        _change(module, generation=F("generation") + 1)
        telling.event(module.device, "ModuleRestarted", module=module.name, actor=actor)
    return queries.module_at(module.device, module.name)


def remove_module(*, actor: User | None, module: EdgeModule) -> None:
    """The device stops it and forgets it."""
    device = module.device
    with _revision(device, actor, "removed", f"{module.name}."):
        EdgeModule.objects.filter(pk=module.pk).delete()
        telling.event(device, "ModuleRemoved", module=module.name, actor=actor)


def _turned(actor: User | None, module: EdgeModule, *, is_stopped: bool, kind: str, verb: str) -> EdgeModule:
    with _revision(module.device, actor, verb, f"{module.name}."):
        rows = EdgeModule.objects.filter(pk=module.pk, is_stopped=not is_stopped)
        if not rows.update(is_stopped=is_stopped, updated_at=timezone.now()):
            words = "stopped" if is_stopped else "not stopped"
            raise Conflict("module_stopped", f"The module {module.name} is {words} already.")
        telling.event(module.device, kind, module=module.name, actor=actor)
    return queries.module_at(module.device, module.name)


@contextmanager
def _revision(device: EdgeDevice, actor: User | None, verb: str, detail: str) -> Iterator[None]:
    """One change of what the device shall run, counted first so that two at a time wait for each other."""
    with transaction.atomic():
        rows = EdgeDevice.objects.filter(pk=device.pk)
        if not rows.update(revision=F("revision") + 1):
            raise NotFound("not_found", f"The device {device.name} was deleted meanwhile.")
        device.revision = rows.values_list("revision", flat=True).get()
        yield
        telling.note(actor=actor, device=device, verb=f"module_{verb}", detail=detail)


def _change(module: EdgeModule, **facts: Any) -> None:
    """Change a module that is still what the caller saw."""
    rows = EdgeModule.objects.filter(
        pk=module.pk, image_version=module.image_version_id, generation=module.generation, updated_at=module.updated_at
    )
    if not rows.update(updated_at=timezone.now(), **facts):
        raise Conflict(
            "module_changed",
            f"Somebody else changed the module {module.name} at this moment.",
            hint="Look at it, then try again.",
        )


def _fit(device: EdgeDevice, version: ImageVersion) -> ImageVersion:
    """The version, when the device can run it. Raises Conflict."""
    images.require_ready(version)
    built, there = version.facts.get("architecture"), device.facts.get("architecture")
    if built and there and built != there:
        raise Conflict(
            "device_architecture",
            f"{version} is built for {built}, and the device {device.name} is {there}.",
            hint="Build the image on a machine like the device.",
        )
    return version


def _refuse_taken(device: EdgeDevice, name: str, wanted: Options) -> None:
    if not wanted.port:
        return
    for other in EdgeModule.objects.filter(device=device).exclude(name=name):
        if Options.from_json(other.options).port == wanted.port:
            raise Conflict(
                "device_port_taken",
                f"The module {other.name} has port {wanted.port} of the device {device.name}.",
                hint="Choose another port.",
            )


def _link(device: EdgeDevice, version: ImageVersion) -> None:
    source, target = Thing("image_version", str(version.pk)), Thing("edge_device", str(device.pk))
    lineage.link(workspace=device.workspace, source=source, target=target, verb="deployed")

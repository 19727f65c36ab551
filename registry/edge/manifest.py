"""What a device shall run as a deployment manifest of Azure IoT Edge, schema 1.1."""

import json
import re
from typing import Any

from registry.edge import desired, queries
from registry.edge.models import EdgeDevice, EdgeModule
from registry.edge.names import bad
from registry.edge.options import Options

SCHEMA = "1.1"
AGENT_IMAGE = "mcr.microsoft.com/azureiotedge-agent:1.5"
HUB_IMAGE = "mcr.microsoft.com/azureiotedge-hub:1.5"
HUB_PORTS = ("5671/tcp", "8883/tcp", "443/tcp")
# IoT Hub takes no longer text in one value: what is longer goes on under createOptions01 … createOptions07.
PIECE, MOST_PIECES = 512, 8
TMPFS = "rw,noexec,nosuid,nodev,size=268435456,mode=1777"
USER = "10001:10001"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[a-z0-9][a-z0-9._/-]*)?")


def of(device: EdgeDevice, *, registry: str = "") -> dict[str, Any]:
    """The manifest of a device's modules.

    `registry`: where the device pulls from, in the place of the studio's own registry, which devices don't reach.
    """
    wanted = registry.strip().rstrip("/")
    if wanted and (len(wanted) > 200 or not _HOST.fullmatch(wanted)):
        raise bad("registry", f"{registry[:60]!r} is no address of a registry.", hint="Such as factory.azurecr.io.")
    modules = {row.name: _module(row, wanted) for row in queries.modules_of(device)}
    return {"modulesContent": {"$edgeAgent": _agent(modules, wanted), "$edgeHub": _hub()}}


def _agent(modules: dict[str, Any], registry: str) -> dict[str, Any]:
    settings: dict[str, Any] = {"minDockerVersion": "v1.25", "loggingOptions": ""}
    if registry:
        # As Azure's own templates name them: filled in when the manifest is applied.
        settings["registryCredentials"] = {
            "studio": {
                "address": registry.partition("/")[0],
                "username": "$CONTAINER_REGISTRY_USERNAME",
                "password": "$CONTAINER_REGISTRY_PASSWORD",
            }
        }
    hub_options = {"HostConfig": {"PortBindings": {port: [{"HostPort": port[:-4]}] for port in HUB_PORTS}}}
    wanted = {
        "schemaVersion": SCHEMA,
        "runtime": {"type": "docker", "settings": settings},
        "systemModules": {
            "edgeAgent": {"type": "docker", "settings": {"image": AGENT_IMAGE, "createOptions": "{}"}},
            "edgeHub": {
                "type": "docker",
                "status": "running",
                "restartPolicy": "always",
                "settings": {"image": HUB_IMAGE, **_pieces(hub_options)},
            },
        },
        "modules": modules,
    }
    return {"properties.desired": wanted}


def _hub() -> dict[str, Any]:
    return {
        "properties.desired": {
            "schemaVersion": SCHEMA,
            "routes": {},
            "storeAndForwardConfiguration": {"timeToLiveSecs": 7200},
        }
    }


def _module(row: EdgeModule, registry: str) -> dict[str, Any]:
    options = Options.from_json(row.options)
    found: dict[str, Any] = {
        "version": str(row.image_version.number),
        "type": "docker",
        "status": "stopped" if row.is_stopped else "running",
        "restartPolicy": options.restart,
        "settings": {"image": _reference(row, registry), **_pieces(_create_options(row, options))},
    }
    if options.environment_variables:
        found["env"] = {name: {"value": value} for name, value in sorted(options.environment_variables.items())}
    return found


def _reference(row: EdgeModule, registry: str) -> str:
    """The image as the device pulls it; what lies in a registry of a connection stays there."""
    version = row.image_version
    if not registry or version.connection_id is not None:
        return version.reference
    return f"{registry}/{version.reference.partition('/')[2]}"


def _create_options(row: EdgeModule, options: Options) -> dict[str, Any]:
    """How the container is made: as unprivileged as the studio's own agent runs it."""
    host: dict[str, Any] = {
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges:true"],
        "ReadonlyRootfs": True,
        "Tmpfs": {"/tmp": TMPFS},
        "PidsLimit": 512,
    }
    if options.cpus:
        host["NanoCpus"] = int(options.cpus * 1e9)
    if options.memory:
        host |= {"Memory": options.memory, "MemorySwap": options.memory}
    inside = f"{desired.routes(row.image_version)['container_port']}/tcp"
    if options.port:
        host["PortBindings"] = {inside: [{"HostIp": options.address, "HostPort": str(options.port)}]}
    return {"User": USER, "ExposedPorts": {inside: {}}, "HostConfig": host}


def _pieces(options: dict[str, Any]) -> dict[str, str]:
    """The options as text, in pieces of the length that IoT Hub takes."""
    text = json.dumps(options, separators=(",", ":"), sort_keys=True)
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    if len(pieces) > MOST_PIECES:
        raise bad("modules", "The options of a module are too long for a manifest.")
    return {f"createOptions{number:02d}" if number else "createOptions": piece for number, piece in enumerate(pieces)}

"""What a device shall run, as its agent reads it."""

from typing import Any

from django.conf import settings

from registry.edge import queries
from registry.edge.models import EdgeDevice, EdgeModule
from registry.edge.options import Options
from registry.images.models import ImageVersion

PORT = 5001
READY, LIVE = "/healthz/ready", "/healthz/live"


def of(device: EdgeDevice) -> dict[str, Any]:
    """The device's modules under the revision they stand for."""
    return {
        "device": device.name,
        "workspace": device.workspace.slug,
        "revision": device.revision,
        "report_seconds": settings.EDGE_REPORT_SECONDS,
        "modules": [module(row) for row in queries.modules_of(device)],
    }


def module(row: EdgeModule) -> dict[str, Any]:
    return {
        "name": row.name,
        "image": image(row.image_version),
        **Options.from_json(row.options).to_json(),
        "is_stopped": row.is_stopped,
        "generation": row.generation,
    }


def image(version: ImageVersion) -> dict[str, Any]:
    """An image by name, and how a container of it is asked."""
    return {
        "version": version.pk,
        "name": str(version),
        "image_id": str(version.facts.get("image_id") or ""),
        "size": version.size,
        **routes(version),
    }


def routes(version: ImageVersion) -> dict[str, Any]:
    """The port and the probes inside the container: the runtime's, or those its environment says."""
    config = (version.environment.definition if version.environment else {}).get("inference_config") or {}
    paths = {name: (config.get(f"{name}_route") or {}).get("path") for name in ("readiness", "liveness")}
    port = (config.get("scoring_route") or {}).get("port")
    return {
        "container_port": int(port or PORT),
        "ready_path": paths["readiness"] or READY,
        "live_path": paths["liveness"] or LIVE,
    }

"""What a build's program is told about this machine, and the marks by which its leavings are found."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings

from compute.engines import opening


def told() -> dict[str, Any]:
    """Where the engine is, what a build may take of it, and where builds of this machine wait for each other."""
    return {
        "engine": opening.own_address(),
        "studio": studio(),
        "locks": str(Path(settings.DATA_DIR) / "run" / "builds"),
        "network": settings.BUILD_NETWORK,
        "memory_mb": settings.BUILD_MEMORY_MB,
        "cpus": settings.BUILD_CPUS,
        "seconds": settings.BUILD_MINUTES * 60,
        "base_image": settings.BASE_IMAGE,
        "allowed_base_images": list(settings.ALLOWED_BASE_IMAGES),
        "may_pull": settings.PULL_BASE_IMAGES,
    }


def studio() -> str:
    """What tells this installation's builds from those of another one on the same engine; it gives nothing away."""
    return hashlib.sha256(f"builds of {settings.DATA_DIR} {settings.SECRET_KEY}".encode()).hexdigest()[:16]

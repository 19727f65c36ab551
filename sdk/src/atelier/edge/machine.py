"""What the device is, and how busy: facts and figures of the machine."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import time
from pathlib import Path

ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "armv7l": "arm"}
AGENT = "0.1.0"


def facts(engine: str) -> dict[str, object]:
    """What kind of machine it is."""
    machine = platform.machine().lower()
    return {
        "host": socket.gethostname(),
        "os": _system(),
        "architecture": ARCHITECTURES.get(machine, machine),
        "agent": AGENT,
        "engine": engine,
        "cpus": os.cpu_count() or 0,
        "memory": _memory()[1],
        "disk": _disk()[1],
    }


def figures() -> dict[str, float]:
    """Processor in percent of all cores, memory and disk in bytes, seconds since it was started."""
    used, total = _memory()
    on_disk, disk = _disk()
    found = {"memory": used, "memory_total": total, "disk": on_disk, "disk_total": disk}
    try:
        import psutil
    except ImportError:
        return found
    return {**found, "cpu": psutil.cpu_percent(None), "uptime": time.time() - psutil.boot_time()}


def _system() -> str:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return f"{platform.system()} {platform.release()}"
    named = dict(line.partition("=")[::2] for line in lines if "=" in line)
    return named.get("PRETTY_NAME", platform.system()).strip('"')


def _memory() -> tuple[float, float]:
    try:
        import psutil
    except ImportError:
        return 0, 0
    found = psutil.virtual_memory()
    return float(found.total - found.available), float(found.total)


def _disk() -> tuple[float, float]:
    found = shutil.disk_usage("/")
    return float(found.used), float(found.total)

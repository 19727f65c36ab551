"""How a container of users' code is run: the one place that says so.

Without a limit a container may take the machine; without these rules it may take over the machine.
"""

from collections.abc import Mapping
from typing import Any

USER = "10001:10001"
PIDS = 512
# An engine that was started with fewer could not start the container at all.
OPEN_FILES = 4096
TEMPORARY_BYTES = 256 * 1024 * 1024
LOG_BYTES = 10 * 1024 * 1024
LOG_FILES = 2
ALL_GPUS = -1
# A container has the labels of its image: without this one of its own, one that runs a built image would look like what the
# build has left, and be removed with it.
OF_NO_BUILD = {"atelier.build": ""}


def limits(
    *,
    cpus: float | None = None,
    memory: int | None = None,
    pids: int = PIDS,
    network: str = "none",
    tmpfs: Mapping[str, int] | None = None,
    read_only: bool = True,
    user: str = USER,
    gpus: int = 0,
    shared_memory: int | None = None,
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Keywords for `client.containers.create(…)`.

    `memory`, `shared_memory` and the sizes of `tmpfs` (path → size; `/tmp` is always there) are bytes; swap is never
    given on top. `gpus` is a number, `ALL_GPUS` for all. `network` is `none`, `bridge` or a network's name.
    """
    places = {"/tmp": TEMPORARY_BYTES, **(tmpfs or {})}
    found: dict[str, Any] = {
        "user": user,
        "read_only": read_only,
        "tmpfs": {path: f"rw,noexec,nosuid,nodev,size={size},mode=1777" for path, size in places.items()},
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "privileged": False,
        "ipc_mode": "private",
        "pids_limit": pids,
        "network_mode": network,
        "init": True,
        "ulimits": [_limit("nofile", OPEN_FILES), _limit("core", 0)],
        "log_config": _log(),
        "labels": {**OF_NO_BUILD, **(labels or {})},
        "restart_policy": {"Name": "no"},
    }
    return found | _sized(cpus=cpus, memory=memory, shared_memory=shared_memory, gpus=gpus)


def _sized(*, cpus: float | None, memory: int | None, shared_memory: int | None, gpus: int) -> dict[str, Any]:
    """What is said only where it was asked for."""
    found: dict[str, Any] = {}
    return found | _shares(cpus, memory, shared_memory, gpus)


def _shares(cpus: float | None, memory: int | None, shared_memory: int | None, gpus: int) -> dict[str, Any]:
    """What the container gets of the machine; what is not said is not limited."""
    found: dict[str, Any] = {}
    if cpus:
        found["nano_cpus"] = int(cpus * 1e9)
    if memory:
        found |= {"mem_limit": memory, "memswap_limit": memory}
    if shared_memory:
        found["shm_size"] = shared_memory
    if gpus:
        found["device_requests"] = [_cards(gpus)]
    return found


def _limit(name: str, value: int) -> Any:
    from docker.types import Ulimit

    return Ulimit(name=name, soft=value, hard=value)


def _log() -> Any:
    """A log that can't fill the engine's disk."""
    from docker.types import LogConfig

    return LogConfig(type="json-file", config={"max-size": str(LOG_BYTES), "max-file": str(LOG_FILES)})


def _cards(count: int) -> Any:
    from docker.types import DeviceRequest

    return DeviceRequest(count=count, capabilities=[["gpu"]])

"""One module as it shall run, and how its container is made of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LABEL_DEVICE, LABEL_MODULE, LABEL_KEY = "atelier.edge", "atelier.edge.module", "atelier.edge.key"
NETWORK = "atelier-edge"
USER = "10001:10001"
PIDS = 512
OPEN_FILES = 4096
TEMPORARY_BYTES = 256 * 1024 * 1024
LOG = {"max-size": str(10 * 1024 * 1024), "max-file": "2"}


@dataclass(frozen=True)
class Spec:
    """What one container is made of; equal ones have equal keys."""

    name: str
    version: int  # of the image, as the studio counts it
    image: str  # `defects:3`
    generation: int = 1
    environment_variables: dict[str, str] = field(default_factory=dict)
    port: int = 0
    address: str = "127.0.0.1"
    container_port: int = 5001
    ready_path: str = "/healthz/ready"
    cpus: float = 0.0
    memory: int = 0
    restart: str = "always"

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Spec:
        """A module as the studio says it."""
        image = said["image"]
        return cls(
            name=said["name"],
            version=int(image["version"]),
            image=image["name"],
            generation=int(said["generation"]),
            environment_variables=dict(said["environment_variables"]),
            port=int(said["port"]),
            address=said["address"],
            container_port=int(image["container_port"]),
            ready_path=image["ready_path"],
            cpus=float(said["cpus"]),
            memory=int(said["memory"]),
            restart=said["restart"],
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Spec:
        return cls(**value)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def key(self) -> str:
        """The same for what needs no other container; what happens when it ends does not."""
        parts = {name: value for name, value in self.to_json().items() if name != "restart"}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def container(spec: Spec, *, image_id: str, name: str, device: str) -> dict[str, Any]:
    """Keywords for `client.containers.create(…)`: without any privilege, as the studio itself runs such images."""
    from docker.types import LogConfig, Ulimit

    found: dict[str, Any] = {
        "image": image_id,
        "name": name,
        "user": USER,
        "read_only": True,
        "tmpfs": {"/tmp": f"rw,noexec,nosuid,nodev,size={TEMPORARY_BYTES},mode=1777"},
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "privileged": False,
        "ipc_mode": "private",
        "pids_limit": PIDS,
        "network_mode": NETWORK,
        "init": True,
        "ulimits": [Ulimit(name="nofile", soft=OPEN_FILES, hard=OPEN_FILES), Ulimit(name="core", soft=0, hard=0)],
        "log_config": LogConfig(type="json-file", config=LOG),
        # The agent starts it again, with growing pauses: an engine would do so without counting.
        "restart_policy": {"Name": "no"},
        "labels": {"atelier.build": "", LABEL_DEVICE: device, LABEL_MODULE: spec.name, LABEL_KEY: spec.key},
        "environment": {**spec.environment_variables, "ATELIER_DEPLOYMENT": f"edge/{spec.name}"},
    }
    if spec.port:
        found["ports"] = {f"{spec.container_port}/tcp": (spec.address, spec.port)}
    if spec.cpus:
        found["nano_cpus"] = int(spec.cpus * 1e9)
    if spec.memory:
        found.update({"mem_limit": spec.memory, "memswap_limit": spec.memory})
    return found

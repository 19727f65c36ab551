"""What an agent keeps on its disk: who it is, what it shall run, what it remembers of each module."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._locks import FileLock

SYSTEM = Path("/var/lib/atelier-edge")


class Folder:
    """The folder of one agent, readable by its user alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: FileLock | None = None

    @property
    def identity(self) -> dict[str, Any]:
        """Address, token and names of this device. Raises `ConfigurationError` before it is enrolled."""
        found = self._read("device.json")
        if not found.get("token"):
            raise _errors.ConfigurationError(
                f"This device is not enrolled: {self.path} holds no token. Run `atelier edge enroll --url URL --code CODE`."
            )
        return found

    @property
    def known_id(self) -> str:
        """What the containers of this folder are labelled with; empty before it was enrolled."""
        return str(self._read("device.json").get("id") or "")

    def is_enrolled(self) -> bool:
        return bool(self._read("device.json").get("token"))

    def keep_identity(self, values: dict[str, Any]) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write("device.json", values)

    @property
    def desired(self) -> dict[str, Any]:
        """What the device shall run, as it was told last; nothing at first."""
        return self._read("desired.json") or {"revision": 0, "modules": []}

    def keep_desired(self, values: dict[str, Any]) -> None:
        self._write("desired.json", values)

    @property
    def memory(self) -> dict[str, Any]:
        return self._read("memory.json")

    def keep_memory(self, values: dict[str, Any]) -> None:
        self._write("memory.json", values)

    @property
    def status(self) -> dict[str, Any]:
        """What the agent did last, for people."""
        return self._read("status.json")

    def keep_status(self, values: dict[str, Any]) -> None:
        self._write("status.json", values)

    @property
    def parts(self) -> Path:
        """Where the parts of images lie while they are fetched."""
        found = self.path / "parts"
        found.mkdir(exist_ok=True, mode=0o700)
        return found

    def forget(self) -> None:
        """No identity any more."""
        for name in ("device.json", "desired.json", "memory.json", "status.json"):
            (self.path / name).unlink(missing_ok=True)

    def hold(self) -> None:
        """Be the only agent of this folder. Raises `ConfigurationError` when there is another one."""
        lock = FileLock(self.path / "agent.lock")
        if not lock.acquire():
            raise _errors.ConfigurationError(f"Another agent works with {self.path}. Stop that one first.")
        self._lock = lock

    def release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        except OSError as error:
            raise _errors.ConfigurationError(f"{self.path / name} cannot be read: {error.strerror}.") from error
        return found if isinstance(found, dict) else {}

    def _write(self, name: str, values: dict[str, Any]) -> None:
        """In one step, so that a cut of the power leaves the one or the other, and never readable by others."""
        fresh = self.path / f"{name}.new"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(values, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, self.path / name)


def default_path() -> Path:
    """The system's folder for root, else one in the user's home."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return SYSTEM
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "atelier" / "edge"

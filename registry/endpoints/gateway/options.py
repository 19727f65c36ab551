"""How the gateway is set: a file that `up` writes, so that no secret stands on a command line."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

DEFAULT_BODY_LIMIT = 100 * 2**20
DEFAULT_SPOOL_LIMIT = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Options:
    host: str
    port: int
    redis_url: str  # database and all; empty: none, the table comes from the file alone
    table_file: Path
    body_limit: int = DEFAULT_BODY_LIMIT  # bytes
    trusted: tuple[str, ...] = field(default=())  # addresses and networks of proxies whose X-Forwarded-* headers count
    log_level: str = "INFO"
    spool: Path | None = None  # where samples of requests lie until the studio takes them; None: nothing is sampled
    spool_limit: int = DEFAULT_SPOOL_LIMIT  # bytes

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Raises ValueError with a sentence when it can't be read."""
        try:
            said = json.loads(path.read_bytes())
            return cls(
                host=str(said["host"]),
                port=int(said["port"]),
                redis_url=str(said.get("redis_url", "")),
                table_file=Path(said["table_file"]),
                body_limit=int(said.get("body_limit", DEFAULT_BODY_LIMIT)),
                trusted=tuple(said.get("trusted", ())),
                log_level=str(said.get("log_level", "INFO")),
                spool=Path(said["spool"]) if said.get("spool") else None,
                spool_limit=int(said.get("spool_limit", DEFAULT_SPOOL_LIMIT)),
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} does not say how the gateway is set: {error!r}.") from error

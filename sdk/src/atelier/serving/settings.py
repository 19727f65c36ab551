"""What the environment says about how and what to serve. The only place of the runtime that reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from atelier.serving.problems import LoadProblem

AZURE_ROOT = "/var/azureml-app"
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, with what holds when it is not."""

    app_root: Path = Path(AZURE_ROOT)
    entry_script: str = ""
    model_dir: Path | None = None
    host: str = "0.0.0.0"
    port: int = 5001
    socket: Path | None = None
    workers: int = 1
    threads: int = 1
    time_limit: float = 60.0
    body_limit: int = 100 * MEBIBYTE
    max_concurrent: int = 0
    batch_rows: int = 1
    batch_wait: float = 0.0
    drain_limit: float = 30.0
    refuses_extra: bool = False
    state_file: Path | None = None
    deployment: str = ""
    cors_origins: tuple[str, ...] = ()
    logs_requests: bool = True


def from_environment(variables: Mapping[str, str]) -> Settings:
    """The settings that these variables say. Raises LoadProblem for a value that can't be one."""
    read = _Reader(variables)
    batch_wait = read.number("ATELIER_SERVING_BATCH_MS", 0, least=0) / 1000
    batch_rows = read.whole("ATELIER_SERVING_BATCH_ROWS", 64 if "ATELIER_SERVING_BATCH_MS" in variables else 1, least=1)
    time_limit = read.number("SCORING_TIMEOUT_MS", 60_000, least=1) / 1000
    return Settings(
        app_root=Path(variables.get("AML_APP_ROOT") or AZURE_ROOT),
        entry_script=variables.get("AZUREML_ENTRY_SCRIPT", "").strip(),
        model_dir=Path(variables["AZUREML_MODEL_DIR"]) if variables.get("AZUREML_MODEL_DIR") else None,
        host=variables.get("ATELIER_SERVING_HOST") or "0.0.0.0",
        port=read.whole("ATELIER_SERVING_PORT", 5001, least=0, most=65535),
        socket=Path(variables["ATELIER_SERVING_SOCKET"]) if variables.get("ATELIER_SERVING_SOCKET") else None,
        workers=read.whole("WORKER_COUNT", 1, least=1, most=256),
        threads=read.whole("ATELIER_SERVING_THREADS", 1, least=1, most=256),
        time_limit=time_limit,
        body_limit=read.whole("ATELIER_SERVING_BODY_LIMIT", 100 * MEBIBYTE, least=1),
        max_concurrent=read.whole("ATELIER_SERVING_MAX_CONCURRENT", 0, least=0),
        batch_rows=batch_rows,
        batch_wait=batch_wait,
        drain_limit=read.number("ATELIER_SERVING_DRAIN_MS", 1000 * (time_limit + 5), least=0) / 1000,
        refuses_extra=read.word("ATELIER_SERVING_EXTRA_FIELDS", "ignore", ("ignore", "refuse")) == "refuse",
        state_file=Path(variables["ATELIER_SERVING_STATE"]) if variables.get("ATELIER_SERVING_STATE") else None,
        deployment=variables.get("ATELIER_DEPLOYMENT", ""),
        cors_origins=tuple(part.strip() for part in variables.get("AML_CORS_ORIGINS", "").split(",") if part.strip()),
        logs_requests=read.word("ATELIER_SERVING_ACCESS_LOG", "on", ("on", "off")) == "on",
    )


def of_this_process() -> Settings:
    """The settings of the environment this process was started with."""
    return from_environment(os.environ)


@dataclass(frozen=True)
class _Reader:
    variables: Mapping[str, str]

    def number(self, name: str, default: float, *, least: float, most: float = float("inf")) -> float:
        text = self.variables.get(name, "").strip()
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            raise LoadProblem(f"{name} is “{text}”, which is no number.") from None
        if not least <= value <= most:
            raise LoadProblem(f"{name} is {text}; it must be at least {least:g}.")
        return value

    def whole(self, name: str, default: int, *, least: int, most: int = 1 << 62) -> int:
        value = self.number(name, default, least=least, most=most)
        if value != int(value):
            raise LoadProblem(f"{name} is {value:g}; it must be a whole number.")
        return int(value)

    def word(self, name: str, default: str, known: tuple[str, ...]) -> str:
        value = self.variables.get(name, "").strip().lower() or default
        if value not in known:
            raise LoadProblem(f"{name} is “{value}”; it must be one of {', '.join(known)}.")
        return value

"""Where settings come from: argument > environment > project file > user file > default."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atelier import _errors

# The order is the order `atelier config` prints.
VARIABLES: Mapping[str, str] = {
    "url": "ATELIER_URL",
    "token": "ATELIER_TOKEN",
    "workspace": "ATELIER_WORKSPACE",
    "experiment": "ATELIER_EXPERIMENT",
    "run_id": "ATELIER_RUN_ID",
    "job_id": "ATELIER_JOB_ID",
    "attempt": "ATELIER_ATTEMPT",
    "run_name": "ATELIER_RUN_NAME",
    "tags": "ATELIER_TAGS",
    "mode": "ATELIER_MODE",
    "dir": "ATELIER_DIR",
    "console": "ATELIER_CONSOLE",
    "strict": "ATELIER_STRICT",
}
DEFAULTS: Mapping[str, str] = {
    "experiment": "Default",
    "mode": "online",
    "console": "on",
    "strict": "0",
    "attempt": "1",
}
# A run belongs to a process, not to a folder or a person.
FILE_KEYS = frozenset(VARIABLES) - {"run_id", "job_id", "attempt"}
PROJECT_FILES = (".atelier.toml", ".atelier.json")
TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class Setting:
    """One value and the place it came from."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class Config:
    """The settings in force, each with its origin."""

    settings: Mapping[str, Setting]
    tokens: Mapping[str, str]

    def get(self, name: str) -> str:
        """The value, or an empty string."""
        return self.settings[name].value

    @property
    def url(self) -> str:
        """The server's address without a trailing slash."""
        return self.get("url")

    @property
    def token(self) -> str:
        """The token for this server. One that was stored for another server is never sent to this one."""
        return self.get("token") or self.tokens.get(self.url, "")

    @property
    def is_strict(self) -> bool:
        """Whether wrong use and refused records raise."""
        return self.get("strict").lower() in TRUE

    @property
    def is_offline(self) -> bool:
        """Whether records stay on disk until `atelier sync`."""
        return self.get("mode").lower() == "offline"

    @property
    def captures_console(self) -> bool:
        """Whether stdout and stderr of an attached run are recorded."""
        return self.get("console").lower() not in {"off", "0", "false", "no"}

    @property
    def directory(self) -> Path:
        """Where the journals live."""
        return Path(self.get("dir"))

    @property
    def tags(self) -> dict[str, str]:
        """`ATELIER_TAGS`: `team=vision,gpu` or a JSON object."""
        return parse_tags(self.get("tags"))


def load(**arguments: str | None) -> Config:
    """The settings in force for this process; keyword arguments win over everything."""
    user = _read_user_file()
    project, project_path = _read_project_file(Path.cwd())
    settings = {}
    for name, variable in VARIABLES.items():
        settings[name] = _first(
            name,
            (arguments.get(name), "argument"),
            (os.environ.get(variable), f"environment {variable}"),
            (project.get(name) if name in FILE_KEYS else None, f"project file {project_path}"),
            (user.get(name) if name in FILE_KEYS else None, f"user file {user_file()}"),
            (_default(name), "default"),
        )
    settings["url"] = Setting("url", settings["url"].value.rstrip("/"), settings["url"].origin)
    tokens = user.get("tokens") or {}
    return Config(settings=settings, tokens=tokens if isinstance(tokens, dict) else {})


def mlflow_credentials() -> tuple[str, str, str]:
    """Token, username and password for a foreign MLflow server, from MLflow's own variables."""
    names = ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
    token, username, password = (os.environ.get(name, "") for name in names)
    return token, username, password


def user_file() -> Path:
    """The file `atelier login` writes."""
    base = os.environ.get("XDG_CONFIG_HOME") or _home() / ".config"
    return Path(base) / "atelier" / "config.json"


def store_user(*, url: str, token: str, workspace: str) -> Path:
    """Remembers a server, its token and the workspace, readable by this user only."""
    data = _read_user_file()
    stored = data.get("tokens")
    tokens = {**(stored if isinstance(stored, dict) else {}), url: token}
    return write_user_file({**data, "url": url, "workspace": workspace, "tokens": tokens})


def update_user(**values: str) -> Path:
    """Changes single values of the user file."""
    return write_user_file({**_read_user_file(), **values})


def write_user_file(data: Mapping[str, Any]) -> Path:
    """Writes the user file in one step with mode 0600."""
    path = user_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    # Created with its final mode: a token is never readable by others, not even for a moment.
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(data, stream, indent=2)
    os.replace(fresh, path)
    return path


def parse_tags(text: str) -> dict[str, str]:
    """`a=1,b` or `{"a": "1"}` as a dictionary; a tag without a value has the value ""."""
    if not text.strip():
        return {}
    if text.lstrip().startswith("{"):
        parsed = json.loads(text)
        return {str(key): str(value) for key, value in parsed.items()}
    pairs = (part.strip().partition("=") for part in text.split(",") if part.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def wants_colour(stream_is_terminal: bool) -> bool:
    """Whether coloured output is welcome (https://no-color.org)."""
    return stream_is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _first(name: str, *candidates: tuple[Any | None, str]) -> Setting:
    for value, origin in candidates:
        if value not in (None, ""):
            return Setting(name, str(value), origin)
    return Setting(name, "", "not set")


def _default(name: str) -> str:
    if name == "dir":
        base = os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share"
        return str(Path(base) / "atelier" / "journals")
    return DEFAULTS.get(name, "")


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        # A container may run under a user id that has no home.
        import tempfile

        return Path(tempfile.gettempdir()) / f"atelier-{os.getuid()}"


def _read_user_file() -> dict[str, Any]:
    path = user_file()
    return _parse(path, path.read_text(encoding="utf-8")) if path.is_file() else {}


def _read_project_file(start: Path) -> tuple[dict[str, Any], str]:
    for folder in (start, *start.parents):
        for name in PROJECT_FILES:
            path = folder / name
            if path.is_file():
                return _parse(path, path.read_text(encoding="utf-8")), str(path)
    return {}, ""


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        data = _parse_toml(path, text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise _errors.ConfigurationError(f"{path} cannot be read: {error}. Correct the file or remove it.") from error
    if not isinstance(data, dict):
        raise _errors.ConfigurationError(f"{path} must hold an object of settings.")
    return data


def _parse_toml(path: Path, text: str) -> Any:
    # Part of Python since 3.11; the same code is the package tomli for the versions before.
    for name in ("tomllib", "tomli"):
        try:
            return importlib.import_module(name).loads(text)
        except ImportError:
            continue
    raise _errors.ConfigurationError(
        f"{path} needs Python 3.11 or the package tomli. Install tomli or use .atelier.json instead."
    )


def completes_words() -> bool:
    """Whether the shell asks for completions instead of running a command."""
    return "_ARGCOMPLETE" in os.environ

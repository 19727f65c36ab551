"""The virtual environments of this machine: one folder for each set of packages, shared by runs and local deployments."""

import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.parser import HeaderParser
from pathlib import Path

from django.conf import settings

from registry.environments.definitions import Definition
from registry.environments.models import Environment, EnvironmentBuild
from studio.accounts.models import User
from studio.errors import Conflict

MOST_PACKAGES = 5_000
MOST_LICENCE = 200
LARGEST_METADATA = 1_000_000


@dataclass(frozen=True, slots=True)
class Venv:
    """What there is of an environment on this machine. `python` is empty until it is ready."""

    python: str = ""
    waits: str = ""  # what is still being done, in a sentence
    problem: str = ""  # why it can't be made


@dataclass(frozen=True, slots=True)
class Measured:
    """What is in a virtual environment."""

    size: int
    packages: list[dict[str, str]]


def path(content: Environment) -> Path:
    """Where the virtual environment of a content is, or will be; the runner's cache is the same folder."""
    definition = Definition.from_json(content.definition)
    return Path(settings.DATA_DIR) / "environments" / definition.venv_digest


def is_ready(content: Environment) -> bool:
    """Whether it is built: its last file is written when all else is in place."""
    if content.kind == Environment.Kind.CURRENT:
        return True
    folder = path(content)
    return (folder / "ready.json").is_file() and (folder / "bin" / "python").exists()


def ensure(*, content: Environment, actor: User | None = None, asked_at: datetime | None = None) -> Venv:
    """The interpreter of a content on this machine; its build is begun when nobody has. Ask again until it is there.

    The build reports in the name of `actor`. One that failed is not begun again by asking, unless it had failed before
    `asked_at`: whoever asked after that wants another try.
    """
    if content.kind == Environment.Kind.CURRENT:
        return Venv(sys.executable)
    if content.kind == Environment.Kind.DOCKERFILE:
        return Venv(problem="This environment is built from a Dockerfile, so only containers can have it.")
    if is_ready(content):
        return Venv(str(path(content) / "bin" / "python"))
    from registry.environments.services import builds  # which stands on this

    build = builds.build(actor=actor, content=content, form=EnvironmentBuild.Form.VENV)
    if asked_at is not None and build.is_given_up and build.ended_at is not None and build.ended_at < asked_at:
        with suppress(Conflict):  # somebody else asks for the same at this moment
            build = builds.retry(actor=actor, build=build)
    if build.is_given_up:
        return Venv(problem=build.problem or "The build of the environment was canceled.")
    return Venv(waits="The environment is being built.")


def measure(content: Environment) -> Measured:
    """The size and the packages of a virtual environment that is there."""
    folder = path(content)
    sizes = (found.lstat().st_size for found in folder.rglob("*") if not found.is_symlink() and found.is_file())
    return Measured(sum(sizes), _packages(folder))


def _packages(folder: Path) -> list[dict[str, str]]:
    found = []
    for place in sorted(folder.glob("lib/python*/site-packages/*.dist-info"))[:MOST_PACKAGES]:
        metadata = place / "METADATA"
        if not metadata.is_file() or metadata.stat().st_size > LARGEST_METADATA:
            continue
        text = metadata.read_text(encoding="utf-8", errors="replace").replace("\0", "")
        head = HeaderParser().parsestr(text.partition("\n\n")[0])
        licence = str(head.get("License-Expression") or head.get("License") or "").strip()
        found.append(
            {
                "name": str(head.get("Name") or place.name)[:200],
                "version": str(head.get("Version") or "")[:100],
                "licence": licence.splitlines()[0][:MOST_LICENCE] if licence else "",
            }
        )
    return sorted(found, key=lambda row: row["name"].lower())

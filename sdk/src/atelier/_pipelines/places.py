"""Where a script stands, and the files and folders that it names."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Union

from atelier import _errors

PACKAGE = str(Path(__file__).parents[1]) + os.sep
FORMS = re.compile(r"(azureml:|/subscriptions/|(https?|wasbs?|abfss?|adl|s3|gs|file|nfs)://)", re.IGNORECASE)
AnyPath = Union[str, "os.PathLike[str]"]


@dataclass(frozen=True)
class Site:
    """A line of somebody's script."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line}" if self.file else ""

    @property
    def folder(self) -> Path:
        """The script's folder; where there is none (a notebook, a prompt), the one worked in."""
        path = Path(self.file)
        return path.resolve().parent if path.is_file() else Path.cwd()


@dataclass(frozen=True)
class Local:
    """A file or folder of this machine, written as a path from the pipeline's folder."""

    path: Path

    def from_folder(self, folder: Path) -> str:
        """`./train/component.yml`, with slashes on every system."""
        try:
            found = Path(os.path.relpath(self.path, folder)).as_posix()
        except ValueError:  # on another drive
            return self.path.as_posix()
        return found if found.startswith("../") else "." if found == "." else f"./{found}"


def site() -> Site:
    """The line of the script that called this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return Site(frame.f_code.co_filename, frame.f_lineno) if frame is not None else Site("", 0)


def is_reference(text: str) -> bool:
    """Whether a text names data of the studio or of the web, and no file of this machine."""
    return FORMS.match(text) is not None


def local(given: AnyPath, what: str) -> Local:
    """The file or folder: from the script's folder, else from the one worked in. Raises UsageError when there is none."""
    text = os.fspath(given).removeprefix("file:")
    folders = dict.fromkeys((site().folder, Path.cwd()))
    for folder in folders:
        if (folder / text).exists():
            return Local((folder / text).resolve())
    looked = " nor in ".join(map(str, folders))
    raise _errors.UsageError(f"There is no {what} {text!r}: it is not in {looked}.")

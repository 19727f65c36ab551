"""Python that a person wrote, run in this process, with its faults told at its own lines."""

from __future__ import annotations

import sys
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from atelier.components.context import Context
from atelier.components.errors import ComponentError

NAME = "script.py"


def executed(text: str, parameter: str) -> dict[str, Any]:
    """The names that the script defines. It is a module of its own, from a file, so that what it defines can be kept.

    Raises ComponentError with the line where it fails.
    """
    known: dict[str, Any] = {"__name__": "atelier_script", "__file__": NAME}
    try:
        code = compile(text, NAME, "exec")
    except SyntaxError as error:
        raise ComponentError(f"Line {error.lineno} of the script: {error.msg}.", parameter=parameter) from error
    with faults_told(parameter):
        exec(code, known)  # noqa: S102 - the person who runs the pipeline wrote it
    return known


def wanted(known: dict[str, Any], name: str, parameter: str) -> Callable[..., Any]:
    """The function or class of that name. Raises ComponentError when the script has none."""
    if not callable(known.get(name)):
        raise ComponentError(f"The script defines no {name}.", parameter=parameter)
    found: Callable[..., Any] = known[name]
    return found


@contextmanager
def faults_told(parameter: str) -> Iterator[None]:
    """Turns a fault of the script into a sentence with its line; the whole trace is printed into the log."""
    try:
        yield
    except ComponentError:
        raise
    except Exception as error:
        traceback.print_exc()
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == NAME]
        place = f"Line {lines[-1]} of the script" if lines else "The script"
        raise ComponentError(f"{place}: {type(error).__name__}: {error}", parameter=parameter) from error


@contextmanager
def importable(bundle: Path | None, context: Context) -> Iterator[None]:
    """Makes what a zip file or a folder holds importable meanwhile, also from the `Script Bundle` folder it lies in."""
    if bundle is None:
        yield
        return
    folder = unpacked(bundle, context)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def unpacked(bundle: Path, context: Context) -> Path:
    """The folder with the files of a bundle: itself, or where a zip file (alone in its folder or not) is unpacked."""
    archives = [bundle] if bundle.is_file() else sorted(bundle.glob("*.zip"))
    if not archives:
        return bundle
    folder = context.workdir / "Script Bundle"
    for path in archives:
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
        except zipfile.BadZipFile as error:
            raise ComponentError(f"{path.name} is no zip file.", port="script_bundle") from error
    return folder

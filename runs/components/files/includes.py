"""`additional_includes`: files and folders beside a component's code that go into its snapshot, each under its own name."""

import posixpath
from collections.abc import Mapping
from typing import Any

from runs.components.files.checking import SEALED, FileCheck
from runs.tracking.jobfile.reader import Items, Scalar, Tree

FIELD = "additional_includes"
MOST = 100


def read(check: FileCheck, tree: Tree, path: str) -> list[str]:
    """The paths, as seen from the file that was sent. What can't go into a snapshot under a name is told."""
    if isinstance(tree, Scalar) and tree.value in (None, ""):
        return []
    if not isinstance(tree, Items):
        check.wrong(path, tree.place, f"{FIELD} must be a list of files and folders beside this file")
        return []
    if len(tree.items) > MOST:
        check.wrong(path, tree.place, f"{FIELD} names {len(tree.items)} paths; {MOST} are the most")
        return []
    found = [_path(check, item, f"{path}[{number}]") for number, item in enumerate(tree.items)]
    _refuse_twins(check, tree, path, found)
    return [one for one in found if one]


def sent_as(definition: Mapping[str, Any]) -> str:
    """What a component's code is called when it is sent: its folder, and what goes into it; nothing where it has none."""
    code, more = str(definition.get("code") or ""), definition.get(FIELD) or []
    return " + ".join([code, *map(str, more)]) if more else code


def _path(check: FileCheck, tree: Tree, path: str) -> str:
    if not isinstance(tree, Scalar):
        check.wrong(path, tree.place, f"{FIELD} takes files and folders beside this file, and nothing of other places")
        return ""
    given = check.text(tree, path, limit=4000).strip().replace("\\", "/")
    found = check.local(tree, path, given, "name a file or folder beside this file") if given else ""
    if found.startswith(SEALED) or (given and name_of(found) in ("", ".", "..")):
        sentence = f"{given[:80]!r} has no name of its own to stand under in the folder of the code: name what is in it"
        check.wrong(path, tree.place, sentence)
        return ""
    return found


def name_of(path: str) -> str:
    """What it is called in the snapshot."""
    return posixpath.basename(path.rstrip("/"))


def _refuse_twins(check: FileCheck, tree: Tree, path: str, found: list[str]) -> None:
    names = [name_of(one) for one in found if one]
    twin = next((name for name in names if names.count(name) > 1), None)
    if twin is not None:
        check.wrong(path, tree.place, f"two of {FIELD} are called {twin[:80]!r}, and one of them would be lost")

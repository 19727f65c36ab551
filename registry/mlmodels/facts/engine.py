"""What really happens when a version's files are read: its texts here, its pickles in a process of their own."""

import json
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

from registry.mlmodels import formats, queries
from registry.mlmodels.models import ModelVersion, ModelVersionFile
from studio.api import parsers
from studio.errors import Invalid
from studio.storage import blobs

CHILD = Path(__file__).with_name("child.py")
SECONDS = 90
LARGEST = 768 * 1024 * 1024  # bytes of a pickle that is looked into
MOST_PICKLES = 8
LARGEST_TEXT = 256 * 1024
REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:==\s*([\w.+!-]+))?")
# As MLflow writes them beside a model; the second is what a scoring request looks like.
EXAMPLES = ("serving_input_example.json", "input_example.json")


def read(version: ModelVersion) -> tuple[dict[str, Any], Any]:
    """Facts of the version's files ({"packages", "classes", "suspicious", "notes"}), and its input example or None."""
    files = list(queries.files_of(version)[:5000])
    facts: dict[str, Any] = {"packages": packages(files), "classes": [], "suspicious": [], "notes": []}
    pickles = [file for file in files if PurePosixPath(file.path).suffix.lower() in _PICKLED]
    for file in pickles[:MOST_PICKLES]:
        _add(facts, file, _looked_into(file))
    if len(pickles) > MOST_PICKLES:
        facts["notes"].append(f"Of {len(pickles)} pickles the first {MOST_PICKLES} were looked into.")
    return {name: value for name, value in facts.items() if value}, input_example(files)


def input_example(files: list[ModelVersionFile]) -> Any:
    """The input example that MLflow wrote, as a scoring request takes it; None without one that is small enough."""
    by_path = {file.path: file for file in files}
    for path in EXAMPLES:
        text = _text(by_path.get(path))
        if not text:
            continue
        try:
            found = parsers.loads(text.encode())
        except (Invalid, UnicodeEncodeError):
            continue
        is_split = path == EXAMPLES[1] and isinstance(found, dict) and {"columns", "data"} <= set(found)
        return {"dataframe_split": found} if is_split else found
    return None


def packages(files: list[ModelVersionFile]) -> list[str]:
    """The packages that its requirements.txt pins or names, as `name==version` or `name`."""
    text = _text(next((file for file in files if file.path == "requirements.txt"), None))
    found = []
    for line in text.splitlines():
        match = REQUIREMENT.match(line.split("#")[0].strip())
        if match:
            found.append(f"{match[1]}=={match[2]}" if match[2] else match[1])
    return found[:300]


_PICKLED = formats.PICKLES | {".pt", ".pth"}


def _looked_into(file: ModelVersionFile) -> dict[str, Any]:
    if file.size > LARGEST:
        return {"problem": "It is too large to look into."}
    command = [sys.executable, "-I", str(CHILD)]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    )
    try:
        return _answer(child, file)
    finally:
        child.kill()
        child.wait()


def _answer(child: "subprocess.Popen[bytes]", file: ModelVersionFile) -> dict[str, Any]:
    assert child.stdin is not None
    try:
        for piece in blobs.read_range(file.blob):
            child.stdin.write(piece)
        out, _ = child.communicate(timeout=SECONDS)
        found = json.loads(out)
    except subprocess.TimeoutExpired:
        return {"problem": "Looking into it took too long."}
    except (BrokenPipeError, ValueError):
        return {"problem": "It can't be read: the reading process ended early."}
    return found if isinstance(found, dict) else {}


def _add(facts: dict[str, Any], file: ModelVersionFile, found: dict[str, Any]) -> None:
    for key in ("classes", "suspicious"):
        names = [name for name in found.get(key, []) if isinstance(name, str)]
        facts[key] = list(dict.fromkeys([*facts[key], *names]))[:500]
    if found.get("problem"):
        facts["notes"].append(f"{file.path}: {found['problem']}"[:300])


def _text(file: ModelVersionFile | None) -> str:
    if file is None or file.size > LARGEST_TEXT:
        return ""
    return b"".join(blobs.read_range(file.blob)).decode("utf-8", "replace")

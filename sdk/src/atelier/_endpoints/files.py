"""endpoint.yml and deployment.yml: the studio reads them, what they name on this machine is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _folders

Record = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What a file says, with the folder its relative paths start from."""

    document: Record
    texts: tuple[str, ...]
    folder: Path


def read(
    client: _client.Client,
    file: str | Path | Mapping[str, Any],
    kind: str,
    changes: Mapping[str, Any],
    say: Callable[[str], None],
) -> Said:
    """The file, checked by the studio, with single values changed (`{"instance_count": 2}`)."""
    name, text, folder = _source(file)
    told = client.post("endpoints/check", {"file_name": name, "text": text, "kind": kind})
    for note in told["notes"]:
        say(note)
    document = dict(told["document"])
    for path, value in changes.items():
        put(document, path, value)
    texts = tuple(need["path"] for need in told["needs"] if need["role"] == "text")
    return Said(document, texts, folder)


def body_of(client: _client.Client, said: Said, say: Callable[[str], None]) -> Record:
    """The deployment as the studio takes it: code and a local model were sent and are named by their digests."""
    body = {name: value for name, value in said.document.items() if name not in ("name", "endpoint_name")}
    code = body.get("code_configuration")
    if isinstance(code, Mapping) and code.get("code"):
        path = _local(said.folder, str(code["code"]), "code_configuration.code")
        body["code_configuration"] = {**code, "code": _folders.send(client, path, say=say)}
    model = _local_model(body.get("model"))
    if model is not None:
        body["model"] = model
        path = _local(said.folder, str(model["path"]), "model.path")
        body["folders"] = {"model": _folders.send(client, path, say=say, ignores=False)}
    if said.texts:
        body["files"] = {path: _folders.text_of(_local(said.folder, path, "environment")) for path in said.texts}
    return body


def _source(file: str | Path | Mapping[str, Any]) -> tuple[str, str, Path]:
    if isinstance(file, Mapping):
        return "deployment.json", json.dumps(file, default=str), Path.cwd()
    path = Path(file).expanduser()
    return path.name, _folders.text_of(path), path.resolve().parent


def _local_model(model: Any) -> Record | None:
    """A model that lies on this machine, as a mapping with its path; None for a registered one."""
    if isinstance(model, str) and model.startswith(("./", "../", "file:")):
        return {"path": model.removeprefix("file:")}
    if isinstance(model, Mapping) and isinstance(model.get("path"), str):
        return None if model["path"].startswith(("azureml:", "models:/")) else dict(model)
    return None


def _local(folder: Path, path: str, field: str) -> Path:
    plain = path.removeprefix("file:")
    found = (folder / Path(plain).expanduser()).resolve()
    if not found.exists():
        raise _errors.UsageError(f"{field} names {plain}, which does not exist in {folder}.")
    return found


def put(document: Record, path: str, value: Any) -> None:
    """Set `a.b` of a document; a value that reads as JSON is one, else a text."""
    *above, last = path.split(".")
    place = document
    for name in above:
        inner = place.get(name)
        place[name] = dict(inner) if isinstance(inner, Mapping) else {}
        place = place[name]
    place[last] = value_of(value)


def value_of(value: Any) -> Any:
    """`"2"` as the number 2, `"true"` as true; what is no JSON stays a text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value

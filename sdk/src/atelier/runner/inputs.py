"""What a job needs before its command: the code, the inputs, and the command with their places put in."""

from __future__ import annotations

import re
import shlex
import shutil
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from atelier import _errors, _snapshot
from atelier.runner import client as http
from atelier.runner.data import Data
from atelier.runner.failures import JobFailure

SNAPSHOT_LIMIT = 300 * 1024 * 1024
INPUT_LIMIT = 20 * 1024 * 1024 * 1024
URL_SECONDS = 60
BLOCK = 1 << 18

_OPTIONAL = re.compile(r"\$\[\[(.*?)\]\]", re.DOTALL)
_BINDING = re.compile(r"\$\{\{\s*(inputs|outputs)\.([A-Za-z_][\w-]*)(?:\.path)?\s*\}\}")


@dataclass(frozen=True)
class Places:
    """Values and paths that a command's bindings stand for."""

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]


def fetch_code(client: http.Client, digest: str, folder: Path) -> None:
    """Unpacks the code folder and makes sure that it is the one that was handed in."""
    folder.mkdir(exist_ok=True)
    if not digest:
        return
    archive = folder.with_name("code.zip")
    try:
        with archive.open("wb") as sink:
            client.download(f"snapshots/{digest}", sink, limit=SNAPSHOT_LIMIT)
        found = _snapshot.digest(_snapshot.unpack(archive, folder, limit=SNAPSHOT_LIMIT))
    except (_errors.AtelierError, ValueError, OSError, zipfile.BadZipFile, http.Refused) as error:
        raise JobFailure("snapshot", f"The code could not be unpacked: {error}") from error
    finally:
        archive.unlink(missing_ok=True)
    if found != digest:
        raise JobFailure("snapshot", "The code that arrived is not the code that was handed in: its digest differs.")


def fetch_inputs(
    client: http.Client, inputs: Mapping[str, Any], folder: Path, data: Data | None = None
) -> dict[str, str]:
    """The text that stands for each input in the command: the value, or the path it was put at."""
    places: dict[str, str] = {}
    for name, item in inputs.items():
        item = item if isinstance(item, Mapping) else {"value": item}
        try:
            is_data = data is not None and bool(item.get("data"))
            text = data.fetch(name, item, folder / name) if data and is_data else _fetch(client, item, folder / name)
        except (_errors.AtelierError, ValueError, OSError, zipfile.BadZipFile, http.Refused) as error:
            raise JobFailure("input", f"The input {name} could not be fetched: {error}") from error
        if text is not None:
            places[name] = text
    return places


def make_outputs(outputs: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The path of each named output; folders are made, a file's folder too."""
    places = {}
    for name, item in outputs.items():
        kind = str((item or {}).get("type") or "uri_folder")
        place = folder / name
        if kind == "uri_file":
            place.mkdir(parents=True, exist_ok=True)
            places[name] = str(place / name)
        else:
            place.mkdir(parents=True, exist_ok=True)
            places[name] = str(place)
    return places


def resolve(command: str, places: Places) -> str:
    """The command with its bindings replaced, quoted for the shell. An optional group without its input vanishes."""
    return _BINDING.sub(
        lambda match: _bound(match, places), _OPTIONAL.sub(lambda match: _group(match, places), command)
    )


def _group(match: re.Match[str], places: Places) -> str:
    inside = match[1]
    for kind, name in _BINDING.findall(inside):
        if name not in (places.inputs if kind == "inputs" else places.outputs):
            return ""
    return inside


def _bound(match: re.Match[str], places: Places) -> str:
    known = places.inputs if match[1] == "inputs" else places.outputs
    if match[2] not in known:
        raise JobFailure("input", f"The command uses {match[0]}, and there is no such {match[1][:-1]}.")
    return _quoted(known[match[2]], match.string[: match.start()])


def _quoted(text: str, before: str) -> str:
    """`text` as one shell word, or as part of the quoted word in which the binding stands."""
    quote = _open_quote(before)
    if quote == "'":
        return text.replace("'", "'\"'\"'")
    if quote == '"':
        return re.sub(r'([\\"$`])', r"\\\1", text)
    return shlex.quote(text)


def _open_quote(text: str) -> str:
    """The quote that is open at the end of a shell text, or an empty string."""
    quote = ""
    skip = False
    for letter in text:
        if skip:
            skip = False
        elif letter == "\\" and quote != "'":
            skip = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
    return quote


def _fetch(client: http.Client, item: Mapping[str, Any], place: Path) -> Any:
    """One input: its value, or where its bytes are now; None when it is absent."""
    if item.get("url") and item.get("mode") == "direct":
        return str(item["url"])
    if item.get("url"):
        return _fetch_url(str(item["url"]), item, place)
    if item.get("digest"):
        return _fetch_stored(client, item, place)
    if item.get("path"):
        return str(item["path"])
    value = item.get("value")
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fetch_stored(client: http.Client, item: Mapping[str, Any], place: Path) -> str:
    place.mkdir(parents=True, exist_ok=True)
    digest = str(item["digest"])
    if item.get("type") != "uri_file":
        archive = place.with_name(place.name + ".zip")
        with archive.open("wb") as sink:
            client.download(f"snapshots/{digest}", sink, limit=INPUT_LIMIT)
        found = _snapshot.digest(_snapshot.unpack(archive, place, limit=INPUT_LIMIT))
        archive.unlink()
        _require(found, digest)
        return str(place)
    target = _snapshot.safe_join(place, Path(str(item.get("path") or "")).name or "file")
    with target.open("wb") as sink:
        client.download(f"blobs/{digest}", sink, limit=INPUT_LIMIT)
    _require(_snapshot.file_digest(target), digest)
    return str(target)


def _fetch_url(url: str, item: Mapping[str, Any], place: Path) -> str:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(f"{url} is no http or https address")
    place.mkdir(parents=True, exist_ok=True)
    target = place / (Path(unquote(urlsplit(url).path)).name or "data")
    size = 0
    with urllib.request.urlopen(url, timeout=URL_SECONDS) as source, target.open("wb") as sink:
        while block := source.read(BLOCK):
            size += len(block)
            if size > INPUT_LIMIT:
                raise ValueError(f"{url} is larger than {INPUT_LIMIT:,} bytes")
            sink.write(block)
    return str(place if item.get("type") == "uri_folder" else target)


def _require(found: str, wanted: str) -> None:
    if found != wanted:
        raise ValueError("what arrived is not what was handed in: its digest differs")


def clear(folder: Path) -> None:
    """Deletes a folder and everything in it."""
    shutil.rmtree(folder, ignore_errors=True)

"""The layout of an export's zip: names of its members, and how one is written."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from typing import IO, Any

from atelier import _client

FORMAT = "atelier-export"
VERSION = 1
MANIFEST, RUNS = "manifest.json", "runs.json"
EXPERIMENTS, LOGGED_MODELS, MODELS = "experiments.json", "logged_models.json", "models.json"


def place_of_logged(model_id: str) -> str:
    """Where the files of a logged model lie."""
    return f"logged-models/{model_id}/"


def place_of_version(name: str, number: int) -> str:
    """Where the files of a version lie."""
    return f"models/{_client.segment(name)}/{number}/"


def copy(
    client: _client.Client, address: str, archive: zipfile.ZipFile, name: str, *, skip_empty: bool = False
) -> bool:
    """What an address gives, as a member of the zip; answers whether there is one."""
    pieces = client.stream(address)
    first = next(pieces, b"")  # before the member is opened: a refusal leaves no empty one
    if skip_empty and not first:
        return False
    with member(archive, name) as target:
        target.write(first)
        for piece in pieces:
            target.write(piece)
    return True


def member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A member to write, with the time of now; what is packed already is stored as it is."""
    info = zipfile.ZipInfo(name, date_time=datetime.now().timetuple()[:6])
    info.compress_type = zipfile.ZIP_STORED if name.endswith((".parquet", ".zip")) else zipfile.ZIP_DEFLATED
    return archive.open(info, "w", force_zip64=True)


def as_json(value: Any) -> str:
    """As the records of a zip are written."""
    return json.dumps(value, indent=1, ensure_ascii=False)

"""Addresses of data brought to this machine: assets and places of datastores by the studio, others as they are or by a rule."""

from __future__ import annotations

import atexit
import hashlib
import re
import shutil
import tempfile
import threading
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from mltable.problems import PlanError

if TYPE_CHECKING:
    from atelier._client import Client

WEB = ("https", "http")
STORES = ("wasbs", "wasb", "abfss", "abfs", "adl", "s3", "gs")
SECONDS = 60
_FULL = re.compile(
    r"(?:azureml:)?/{0,2}subscriptions/.+?/workspaces/[^/]+/(?P<rest>.+)|azureml://locations/[^/]+/workspaces/[^/]+/(?P<other>.+)",
    re.IGNORECASE,
)
_STORE = re.compile(r"datastores/(?P<store>[^/]+)(?:/paths(?:/(?P<path>.*))?)?/?", re.IGNORECASE)
_ASSET = re.compile(r"data/(?P<name>[^/]+)(?:/(?:versions|labels)/(?P<ref>[^/]+))?/?", re.IGNORECASE)
_NAMED = re.compile(r"azureml:(?P<name>[^:@/]+)(?:[:@](?P<ref>[^:@/]+))?", re.IGNORECASE)
_lock = threading.Lock()
_fetched: dict[str, Path] = {}
_home: list[Path] = []


def is_address(text: str) -> bool:
    """Whether a text names data elsewhere, rather than a path of this machine."""
    lowered = text.lower()
    scheme, mark, _ = lowered.partition("://")
    return lowered.startswith(("azureml:", "/subscriptions/")) or (bool(mark) and scheme in (*WEB, *STORES))


def asset_of(address: str) -> tuple[str, str] | None:
    """The asset and the version that an address names; None for one that names none."""
    found = _NAMED.fullmatch(address) or _ASSET.fullmatch(_rest(address))
    return None if found is None else (unquote(found["name"]), unquote(found["ref"] or "latest"))


def place_of(address: str) -> tuple[str, str] | None:
    """The datastore and the path that an address names; None for one that names none."""
    found = _STORE.fullmatch(_rest(address))
    return None if found is None else (unquote(found["store"]), (found["path"] or "").strip("/"))


def bring(address: str) -> Path:
    """The file or folder of an address, on this machine; fetched once for a process. Raises PlanError."""
    with _lock:
        if address not in _fetched:
            _fetched[address] = _bring(_translated(address))
        return _fetched[address]


def version_of(name: str, ref: str) -> dict[str, Any]:
    """What the studio says of a version."""
    from atelier import _client

    return dict(studio().get(f"data/{_client.segment(name)}/versions/{_client.segment(ref)}"))


def studio() -> Client:
    """The studio that the environment or the settings name: in a job, by the job's own token."""
    from atelier import _client

    return _client.connect()


def _translated(address: str) -> str:
    """What an address outside means here: a rule of the studio may say so. Without a studio it is itself."""
    from atelier import _errors

    if urlsplit(address).scheme.lower() not in (*WEB, *STORES):
        return address
    try:
        return str(studio().get("data-address", {"uri": address})["uri"])
    except _errors.ConfigurationError:
        return address


def _bring(address: str) -> Path:
    if asset := asset_of(address):
        return _asset(*asset, _folder(address))
    if place := place_of(address):
        return _place(*place, _folder(address))
    if urlsplit(address).scheme.lower() in WEB:
        return _web(address, _folder(address))
    raise PlanError(f"No rule of the studio says where {address[:200]} is kept, and it can't be read from here.")


def _asset(name: str, ref: str, folder: Path) -> Path:
    from atelier import _client
    from atelier._data.fetching import Fetcher, RemoteFile

    api = studio()
    version = version_of(name, ref)
    base = f"data/{_client.segment(name)}/versions/{_client.segment(version['version'])}/files"
    listed = [one for one in api.get(base, {"recursive": "true"})["results"] if not is_address(one["path"])]
    wanted = [
        RemoteFile(f"{base}/{_client.quoted_path(one['path'])}", one["path"], one["size"], one["sha256"] or "")
        for one in listed
    ]
    saved = Fetcher(api).save(wanted, folder)
    if version.get("mltable"):
        (folder / "MLTable").write_text(version["mltable"], encoding="utf-8")
    return saved[0] if version["type"] == "uri_file" else folder


def _place(store: str, path: str, folder: Path) -> Path:
    from atelier._data.datastores import Datastores

    saved = Datastores(studio()).get(store).download(path, folder)
    is_file = len(saved) == 1 and saved[0].parent == folder and saved[0].name == path.rpartition("/")[2]
    return saved[0] if is_file else folder


def _web(address: str, folder: Path) -> Path:
    target = folder / (Path(unquote(urlsplit(address).path)).name or "data")
    with urllib.request.urlopen(address, timeout=SECONDS) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    return target


def _folder(address: str) -> Path:
    if not _home:
        _home.append(Path(tempfile.mkdtemp(prefix="mltable-")))
        atexit.register(shutil.rmtree, _home[0], ignore_errors=True)
    folder = _home[0] / hashlib.sha256(address.encode()).hexdigest()[:20]
    folder.mkdir(exist_ok=True)
    return folder


def _rest(address: str) -> str:
    """What follows the workspace in an address that is written in full."""
    if found := _FULL.fullmatch(address):
        return found["rest"] or found["other"]
    return address[len("azureml://") :] if address.lower().startswith("azureml://") else ""

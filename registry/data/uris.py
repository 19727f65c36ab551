"""How data is named: references to assets, paths of datastores, addresses outside. Azure's spellings are all read.

    azureml:cars@latest   azureml:cars:3   azureml:cars                       an asset
    azureml://datastores/images/paths/cats/                                   a place in a datastore
    azureml://subscriptions/…/workspaces/W/datastores/D/paths/P               the same, written in full
    azureml://locations/L/workspaces/G/data/cars/versions/3                   an asset, written in full
    /subscriptions/…/workspaces/W/data/cars/versions/3                        the same, by its resource id
    https://…  wasbs://…  abfss://…                                           an address outside

A reference written in full names a workspace of its own; here it means the workspace that asks.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from registry.data import names
from studio.errors import Invalid
from studio.storage.names import safe_relpath

LATEST = "latest"
MAX_URI = 2048
WEB_SCHEMES = ("https", "http")
STORE_SCHEMES = ("wasbs", "wasb", "abfss", "abfs", "adl", "s3", "gs")
_FULL = re.compile(
    r"(?:azureml:)?/{0,2}subscriptions/[^/]+/resourcegroups/[^/]+(?:/providers/microsoft\.machinelearningservices)?"
    r"/workspaces/[^/]+/(?P<rest>.+)",
    re.IGNORECASE,
)
_LOCATION = re.compile(r"azureml://locations/[^/]+/workspaces/[^/]+/(?P<rest>.+)", re.IGNORECASE)
_REGISTRY = re.compile(r"azureml://registries/[^/]+/(?P<rest>.+)", re.IGNORECASE)
_SHORT = re.compile(r"azureml://(?P<rest>(?:datastores|data)/.+)", re.IGNORECASE)
_STORE = re.compile(r"datastores/(?P<store>[^/]+)(?:/paths(?:/(?P<path>.*))?)?/?", re.IGNORECASE)
_ASSET = re.compile(r"data/(?P<name>[^/]+)(?:/(?P<by>versions|labels)/(?P<ref>[^/]+))?/?", re.IGNORECASE)
_NAMED = re.compile(r"(?P<name>[^:@/]+)(?:(?P<by>[:@])(?P<ref>[^:@/]+))?")


@dataclass(frozen=True, slots=True)
class DatastorePath:
    """A place in a datastore: a file, a folder (`path` ends without a slash), or all of it (`path` is empty)."""

    datastore: str
    path: str = ""

    def __str__(self) -> str:
        return f"azureml://datastores/{self.datastore}/paths/{self.path}"


@dataclass(frozen=True, slots=True)
class AssetRef:
    """An asset by name, with a version or a label; without either it is the newest."""

    name: str
    version: str = ""
    label: str = ""

    def __str__(self) -> str:
        if self.version:
            return f"azureml:{self.name}:{self.version}"
        return f"azureml:{self.name}@{self.label or LATEST}"


@dataclass(frozen=True, slots=True)
class Web:
    """An address outside of the studio."""

    url: str

    @property
    def scheme(self) -> str:
        return urlsplit(self.url).scheme.lower()

    def __str__(self) -> str:
        return self.url


Named = DatastorePath | AssetRef | Web


def is_reference(text: str) -> bool:
    """Whether a text names data by one of the forms above, rather than a file beside the one that says it."""
    lowered = text.lower()
    if lowered.startswith(("azureml:", "/subscriptions/")):
        return True
    scheme, mark, _ = lowered.partition("://")
    return bool(mark) and scheme in (*WEB_SCHEMES, *STORE_SCHEMES)


def parse(text: str) -> Named:
    """What a reference names. Raises Invalid `bad_data_uri` for what is none, `unsafe_path` for a path that leaves."""
    if len(text) > MAX_URI or any(ord(letter) < 32 for letter in text):
        raise _bad(text, f"It is longer than {MAX_URI} characters or holds control characters.")
    for pattern in (_FULL, _LOCATION, _REGISTRY, _SHORT):
        if found := pattern.fullmatch(text):
            return _in_workspace(found["rest"], text)
    if text.lower().startswith("azureml:") and not text.lower().startswith("azureml:/"):
        return _named(text[len("azureml:") :], text)
    if "://" in text and is_reference(text) and not text.lower().startswith("azureml:"):
        return _web(text)
    raise _bad(
        text, "Give azureml:NAME@latest, azureml:NAME:VERSION, azureml://datastores/NAME/paths/PATH or https://…."
    )


def asset_ref(text: str) -> AssetRef:
    """A reference that can name nothing but an asset; the leading `azureml:` may be left out. Raises Invalid."""
    found = parse(text) if is_reference(text) else _named(text, text)
    if not isinstance(found, AssetRef):
        raise _bad(text, "It names a place, and a data asset is asked for: azureml:NAME:VERSION.")
    return found


def _in_workspace(rest: str, text: str) -> Named:
    if found := _STORE.fullmatch(rest):
        return DatastorePath(found["store"], _path(found["path"] or ""))
    if found := _ASSET.fullmatch(rest):
        return _ref(found["name"], (found["by"] or "").lower() == "labels", found["ref"] or "", text)
    raise _bad(text, "After the workspace comes datastores/NAME/paths/PATH or data/NAME/versions/VERSION.")


def _named(rest: str, text: str) -> AssetRef:
    found = _NAMED.fullmatch(rest)
    if found is None:
        raise _bad(text, "After azureml: comes NAME, NAME:VERSION or NAME@latest.")
    return _ref(found["name"], found["by"] == "@", found["ref"] or "", text)


def _ref(name: str, is_label: bool, ref: str, text: str) -> AssetRef:
    names.asset_name(name)
    if not ref:
        return AssetRef(name, label=LATEST)
    if not is_label:
        return AssetRef(name, version=names.version_name(ref)) if ref != LATEST else AssetRef(name, label=LATEST)
    if ref.lower() != LATEST:
        raise _bad(text, f"Data assets have one label, {LATEST}.")
    return AssetRef(name, label=LATEST)


def _path(path: str) -> str:
    """A path below the datastore's root; a folder loses the slash at its end."""
    plain = path.strip("/")
    return safe_relpath(plain) if plain else ""


def _web(text: str) -> Web:
    try:
        parts = urlsplit(text)
        has_place = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        has_place = False
    if not has_place or " " in text:
        raise _bad(text, "The address names no host.")
    if parts.password is not None or (parts.username and parts.scheme in WEB_SCHEMES):
        raise _bad(text, "An address may hold no name and password: keep them as the secret of a datastore.")
    return Web(text)


def file_name(web: Web) -> str:
    """The name of the file at an address, for keeping it under."""
    last = unquote(urlsplit(web.url).path).rstrip("/").rsplit("/", 1)[-1]
    plain = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in last).strip(" .")
    return plain[:200] or "file"


def _bad(text: str, why: str) -> Invalid:
    return Invalid("bad_data_uri", f"{text[:120]!r} names no data. {why}", fields={"path": why})

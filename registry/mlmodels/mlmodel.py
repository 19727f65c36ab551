"""The file `MLmodel` that MLflow writes beside a model: data, never code."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from studio import plain_yaml
from studio.api import parsers
from studio.errors import Invalid
from studio.storage import blobs
from studio.storage.models import Blob

PATH = "MLmodel"
MAX_BYTES = 512 * 1024
MAX_SIGNATURE = 200_000


@dataclass(frozen=True, slots=True)
class Manual:
    """What the file says of a model."""

    signature: dict[str, Any] | None = None  # {"inputs": [...], "outputs": [...], "params": [...]}
    flavors: list[str] = field(default_factory=list)


def read(blob: Blob) -> Manual:
    """The model's signature and flavours; empty for a file that says nothing readable."""
    if blob.size > MAX_BYTES:
        return Manual()
    raw = b"".join(blobs.read_range(blob))
    try:
        data = plain_yaml.load(raw)
    except yaml.YAMLError:
        return Manual()
    if not isinstance(data, dict):
        return Manual()
    flavors = data.get("flavors")
    names = sorted(str(name)[:60] for name in flavors)[:20] if isinstance(flavors, dict) else []
    return Manual(signature=_signature(data.get("signature")), flavors=names)


def _signature(given: Any) -> dict[str, Any] | None:
    """Each side is a JSON text in the file."""
    if not isinstance(given, dict):
        return None
    found = {}
    for side in ("inputs", "outputs", "params"):
        text = given.get(side)
        if not isinstance(text, str) or len(text) > MAX_SIGNATURE:
            continue
        try:
            columns = parsers.loads(text.encode())
        except (Invalid, UnicodeEncodeError):
            continue  # what no database keeps, or no JSON at all
        if isinstance(columns, list):
            found[side] = columns
    return found or None

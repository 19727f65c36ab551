"""Stored files as pages show them: the tree beside the preview, and what a preview can be."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Protocol

from studio.storage import blobs
from studio.storage.models import Blob
from studio.web import markdown

FIRST_BYTES = 256 * 1024
MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 500
MOST_COLUMNS = 60
MOST_JSON_NODES = 3000
MOST_JSON_DEPTH = 40

IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico"}
FRAMED = {".html", ".htm", ".svg"}
TABLES = {".csv": ",", ".tsv": "\t"}
MARKDOWN = {".md", ".markdown"}
OPAQUE = {".pdf", ".zip", ".gz", ".pt", ".pth", ".onnx", ".pkl", ".joblib", ".npy", ".npz", ".parquet", ".safetensors"}

ICONS = {".json": "file-json", ".py": "file-code", ".zip": "file-archive", ".txt": "file-text", ".md": "file-text"}


class Entry(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def is_dir(self) -> bool: ...
    @property
    def size(self) -> int: ...


class Stored(Protocol):
    """A file that can be previewed: a run's artifact, a file of a model version."""

    @property
    def path(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def blob(self) -> Blob: ...


@dataclass(slots=True)
class Node:
    """One line of a tree, in the shape of ui/tree.html."""

    name: str
    url: str
    icon: str
    note: str = ""
    is_open: bool = False
    is_current: bool = False
    children: list["Node"] = field(default_factory=list)


def icon_of(name: str) -> str:
    """The icon of a file of this name."""
    suffix = PurePosixPath(name).suffix.lower()
    return "file-image" if suffix in IMAGES | {".svg"} else ICONS.get(suffix, "file")


def rank_of(path: str) -> tuple[int, str]:
    """Sorts what is worth a look first to the front: images, then what can be shown as text, then the rest."""
    suffix = PurePosixPath(path).suffix.lower()
    kind = 0 if suffix in IMAGES else 2 if suffix in OPAQUE else 1
    return kind, path


@dataclass(frozen=True, slots=True)
class Preview:
    """What can be shown of a file: `kind` names the way, the other fields are that way's."""

    kind: str  # text, table, json, markdown, image, frame, none
    path: str
    size: int
    text: str = ""
    lines: Sequence[str] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    html: str = ""  # sanitized
    data: Any = None
    shown_bytes: int = 0
    next_bytes: int = 0  # how much "load more" asks for; 0 when all is shown or no more is

    @property
    def is_cut(self) -> bool:
        return self.shown_bytes < self.size and self.kind in ("text", "table", "markdown", "json")


def preview_of(artifact: Stored, *, wanted: int = FIRST_BYTES) -> Preview:
    """The first `wanted` bytes of a file in the way its name and its bytes allow."""
    suffix = PurePosixPath(artifact.path).suffix.lower()
    if suffix in IMAGES:
        return Preview(kind="image", path=artifact.path, size=artifact.size)
    if suffix in FRAMED:
        return Preview(kind="frame", path=artifact.path, size=artifact.size)
    if suffix in OPAQUE:
        return Preview(kind="none", path=artifact.path, size=artifact.size)
    wanted = min(max(wanted, FIRST_BYTES), MOST_BYTES)
    head = b"".join(blobs.read_range(artifact.blob, 0, min(wanted, artifact.size)))
    return _of_bytes(artifact.path, artifact.size, head, wanted)


def _of_bytes(path: str, size: int, head: bytes, wanted: int) -> Preview:
    text = decoded(head)
    if text is None:
        return Preview(kind="none", path=path, size=size)
    suffix = PurePosixPath(path).suffix.lower()
    is_whole = len(head) >= size
    common: dict[str, Any] = {
        "path": path,
        "size": size,
        "shown_bytes": len(head),
        "next_bytes": 0 if is_whole or wanted >= MOST_BYTES else wanted * 4,
    }
    if suffix in TABLES:
        return _table(text, TABLES[suffix], is_whole, common)
    if suffix == ".json" and is_whole:
        return _json(text, common)
    if suffix in MARKDOWN and is_whole:
        return Preview(kind="markdown", html=markdown.to_html(text), **common)
    return Preview(kind="text", lines=text.splitlines(), **common)


def decoded(head: bytes) -> str | None:
    """The bytes as text, or None when they are none: a character cut at the end is left out."""
    if b"\0" in head[:8192]:
        return None
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(head) - 4:
            return head[: error.start].decode("utf-8")
    return None


def _table(text: str, delimiter: str, is_whole: bool, common: dict[str, Any]) -> Preview:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return Preview(kind="text", lines=text.splitlines(), **common)
    if not is_whole:
        rows = rows[:-1]  # the last one is cut
    cut = [row[:MOST_COLUMNS] for row in rows[: MOST_ROWS + 1]]
    return Preview(kind="table", header=cut[0] if cut else (), rows=cut[1:], text=_rows_note(len(rows) - 1), **common)


def _rows_note(count: int) -> str:
    return f"The first {MOST_ROWS} of {count:,} rows read." if count > MOST_ROWS else ""


def _json(text: str, common: dict[str, Any]) -> Preview:
    try:
        data = json.loads(text)
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair can be escaped in JSON, never shown
    except (ValueError, RecursionError):
        return Preview(kind="text", lines=text.splitlines(), **common)
    count, depth = extent(data)
    if depth > MOST_JSON_DEPTH:
        return Preview(kind="text", lines=text.splitlines(), **common)
    if count > MOST_JSON_NODES:
        return Preview(kind="text", lines=json.dumps(data, indent=2, ensure_ascii=False).splitlines(), **common)
    return Preview(kind="json", data=json_node("", data), **common)


@dataclass(frozen=True, slots=True)
class JsonNode:
    """One value of a JSON tree: `children` for objects and lists, `text` for the rest."""

    key: str
    kind: str
    text: str
    children: Sequence["JsonNode"] = ()


def json_node(key: str, value: Any) -> JsonNode:
    if isinstance(value, dict):
        children = [json_node(str(name), item) for name, item in value.items()]
        return JsonNode(key, "object", f"{len(children)} {'key' if len(children) == 1 else 'keys'}", children)
    if isinstance(value, list):
        children = [json_node(str(index), item) for index, item in enumerate(value)]
        return JsonNode(key, "list", f"{len(children)} {'item' if len(children) == 1 else 'items'}", children)
    kind = "text" if isinstance(value, str) else "literal"
    return JsonNode(key, kind, json.dumps(value, ensure_ascii=False))


def extent(value: Any) -> tuple[int, int]:
    """How many values there are in it and how deep they lie, counted without recursion and no further than needed."""
    waiting, count, deepest = [(value, 1)], 0, 0
    while waiting and count <= MOST_JSON_NODES and deepest <= MOST_JSON_DEPTH:
        here, depth = waiting.pop()
        count, deepest = count + 1, max(deepest, depth)
        inner = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        waiting.extend((item, depth + 1) for item in inner)
    return count, deepest

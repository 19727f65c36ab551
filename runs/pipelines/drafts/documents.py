"""The shape every draft has, whatever is still missing in it: a draft may be wrong, but never unreadable."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from studio.errors import Invalid, TooLarge

MAX_BYTES = 8 * 1024 * 1024
MAX_NODES = 5_000
TABLES = ("inputs", "outputs", "settings", "jobs", "layout", "tags", "properties")
WORDS = ("display_name", "experiment_name", "description")
LAYOUT = "layout"

Document = dict[str, Any]


def empty() -> Document:
    """A pipeline with nothing in it."""
    return {"type": "pipeline", **dict.fromkeys(WORDS, ""), **{name: {} for name in TABLES}}


def shaped(value: Any) -> Document:
    """The document with every part a canvas counts on. Raises Invalid `bad_document`, TooLarge.

    Whether it can run is another question (`runs.pipelines.document.checking`): somebody who draws is not done yet.
    """
    if not isinstance(value, Mapping):
        raise _bad("jobs", "A pipeline is a mapping with its steps under jobs.")
    found = {**empty(), **value}
    for name in TABLES:
        if not isinstance(found[name], Mapping):
            raise _bad(name, f"{name} must be a mapping of names.")
    for name in WORDS:
        if not isinstance(found[name], str):
            raise _bad(name, f"{name} must be a text.")
    if found["type"] != "pipeline":
        raise _bad("type", "The document is not of the type pipeline.")
    for name, node in found["jobs"].items():
        if not isinstance(node, Mapping):
            raise _bad("jobs", f"The step {name[:80]} must be a mapping.")
    if len(found["jobs"]) > MAX_NODES:
        raise TooLarge("document_too_large", f"A pipeline has at most {MAX_NODES:,} steps of its own.")
    if len(orjson.dumps(found)) > MAX_BYTES:
        raise TooLarge("document_too_large", f"A pipeline has at most {MAX_BYTES // 2**20} MiB.")
    return found


def digest(document: Mapping[str, Any]) -> str:
    """What tells two documents apart that do different things: where a node stands on the canvas does not count."""
    meant = {key: value for key, value in document.items() if key != LAYOUT}
    return hashlib.sha256(orjson.dumps(meant, option=orjson.OPT_SORT_KEYS)).hexdigest()


def node_count(document: Mapping[str, Any]) -> int:
    jobs = document.get("jobs")
    return len(jobs) if isinstance(jobs, Mapping) else 0


def _bad(field: str, sentence: str) -> Invalid:
    return Invalid("bad_document", sentence, fields={f"document.{field}": sentence})

"""A document as YAML that people like to read. The package needs no YAML library for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

PLAIN = re.compile(r"[A-Za-z_./$][A-Za-z0-9_./${}@()=;, :+*-]*\Z")
UNSEEN = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
WORDS = frozenset(["y", "yes", "n", "no", "true", "false", "on", "off", "null", "none", "nan", "inf", "~"])
EMPTY: tuple[Any, ...] = (None, "", {}, [])
DEFAULTS = {
    "is_deterministic": True,
    "default_compute": "",
    "default_datastore": "",
    "continue_on_step_failure": False,
    "force_rerun": False,
    "max_concurrency": 8,
}


def of(document: Mapping[str, Any]) -> str:
    """The text of a document; what says only what is so anyway is left out."""
    found = {name: value for name, value in document.items() if name in ("type", "jobs") or value not in EMPTY}
    found["settings"] = {name: value for name, value in document["settings"].items() if DEFAULTS.get(name) != value}
    if not found["settings"]:
        found.pop("settings")
    found["jobs"] = {name: _node(node) for name, node in document["jobs"].items()}
    return "\n".join(_lines(found, 0)) + "\n"


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node without what says nothing; one with a component is a command."""
    found = {name: value for name, value in node.items() if value not in EMPTY or name == "items"}
    if isinstance(found.get("component"), Mapping):
        found["component"] = _component(found["component"])
    if found.get("type") == "command" and "component" in found:
        found.pop("type")
    return found


def _component(component: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in component.items() if value not in EMPTY or name in ("jobs", "command")}
    if found.get("is_deterministic") is True:
        found.pop("is_deterministic")
    if "jobs" in found:
        found["jobs"] = {name: _node(node) for name, node in found["jobs"].items()}
    return found


def _lines(value: Mapping[str, Any] | list[Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    entries = (
        [(f"{_scalar(str(key))}:", one) for key, one in value.items()]
        if isinstance(value, Mapping)
        else [("-", one) for one in value]
    )
    for lead, one in entries:
        if isinstance(one, (Mapping, list)) and one and not _is_short(one):
            yield f"{indent}{lead}"
            yield from _lines(one, depth + 1)
        elif isinstance(one, str) and _is_block(one):
            yield f"{indent}{lead} |{'' if one.endswith(chr(10)) else '-'}"
            yield from (f"{indent}  {line}" if line else "" for line in one.removesuffix("\n").split("\n"))
        else:
            yield f"{indent}{lead} {_scalar(one)}"


def _is_short(value: Mapping[str, Any] | list[Any]) -> bool:
    return isinstance(value, list) and not any(isinstance(one, (Mapping, list)) for one in value)


def _is_block(text: str) -> bool:
    """Whether a text of many lines can stand as it is."""
    lines = text.removesuffix("\n").split("\n")
    is_plain = len(lines) > 1 and lines[0][:1] not in ("", " ") and lines[-1] != ""
    return is_plain and all(line.isprintable() for line in lines)


def _scalar(value: Any) -> str:
    if isinstance(value, float):
        text = repr(value)
        return text.replace("e", ".0e") if "e" in text and "." not in text else text
    if isinstance(value, str) and _is_plain(value):
        return value
    # What YAML takes for a line break, or does not take at all, goes by its number.
    return UNSEEN.sub(lambda one: f"\\u{ord(one[0]):04x}", json.dumps(value, ensure_ascii=False))


def _is_plain(text: str) -> bool:
    if text.lower() in WORDS or text.startswith("---") or text.strip() != text:
        return False
    is_flow = ": " in text or " #" in text or text.endswith(":")
    return not is_flow and PLAIN.match(text) is not None and not re.match(r"[.\d]+([eE]|\Z)", text)

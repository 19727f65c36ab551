"""The one JSON parser: what it lets through is safe to store and to walk.

Refused with 400: malformed JSON, more than 64 levels, more than 300,000 objects and lists, NaN and infinities (unless the view has `allow_nan`), a key twice in
one object, a NUL, half a surrogate pair. With 413: more than the view's `max_body` bytes, also after decompression. With
415: a charset other than UTF-8, an encoding other than gzip.
"""

import json
import re
import zlib
from typing import Any

import orjson
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from studio.errors import Invalid, TooLarge

MAX_BODY = 1024 * 1024
MAX_DEPTH = 64
MAX_CONTAINERS = 300_000
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class StrictJSONParser(BaseParser):
    """JSON in UTF-8, plain or gzip."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        context = parser_context or {}
        request, view = context.get("request"), context.get("view")
        _require_utf8(media_type or "")
        limit = getattr(view, "max_body", MAX_BODY)
        meta = request.META if request is not None else {}
        raw = read_body(stream, meta, limit=limit)
        return loads(raw, allow_nan=getattr(view, "allow_nan", False))


def read_body(stream: Any, meta: Any, *, limit: int) -> bytes:
    """The body of a request, decompressed; never more than `limit` bytes of either form."""
    declared = str(meta.get("CONTENT_LENGTH") or "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise _too_large(limit)
    encoding = meta.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding in ("", "identity"):
        return bytes(raw)
    if encoding != "gzip":
        raise UnsupportedMediaType(
            encoding, f"Content-Encoding {encoding[:40]!r} is not understood: send gzip or none."
        )
    return gunzip(raw, limit=limit)


def gunzip(raw: bytes, *, limit: int) -> bytes:
    """The unpacked bytes of one gzip member. A bomb is given up at the limit, not after it."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(raw, limit + 1)
    except zlib.error:
        raise Invalid("bad_gzip", "The body says it is gzip, but it can't be unpacked.") from None
    if len(data) > limit:
        raise _too_large(limit)
    if not unpacker.eof or unpacker.unused_data:
        raise Invalid("bad_gzip", "The gzip body is cut off or has something after its end.")
    return data


def loads(raw: bytes, *, allow_nan: bool = False, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text that keeps the rules of this module."""
    if not raw.strip():
        raise Invalid("empty_body", "The body is empty: send a JSON value.")
    brackets = raw.count(b"[") + raw.count(b"{")
    if brackets > MAX_CONTAINERS:
        _refuse_bomb(raw)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if not allow_nan:
            raise _bad_json(str(error)) from None
        value = _loads_with_nan(raw)
    _check(value, raw, brackets, max_depth)
    return value


def _refuse_bomb(raw: bytes) -> None:
    """Two bytes of `[]` become sixty in memory and a packed body is a thousandth of itself: they are counted before."""
    plain = _STRINGS.sub(b"", raw)
    if plain.count(b"[") + plain.count(b"{") > MAX_CONTAINERS:
        raise Invalid(
            "json_too_many", f"The JSON holds more than {MAX_CONTAINERS:,} objects and lists.", hint="Send it in parts."
        )


def _loads_with_nan(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _bad_json(str(error)) from None


def _check(value: Any, raw: bytes, brackets: int, max_depth: int) -> None:
    """Depth, doubled keys, NUL and half surrogates, with as little walking as the text allows.

    The number of brackets in the text is an upper bound of the containers in the value: once that many were seen there
    is nothing left to look for in a long list of numbers. The number of colons is an upper bound of the keys.
    """
    keys = _count_keys(value, brackets=brackets, max_depth=max_depth)
    if b"\\" in raw and b"\\u" in raw:  # one letter is found much quicker than two
        _check_text(value)
    if keys != raw.count(b":"):
        _refuse_doubled_keys(raw)


def _count_keys(value: Any, *, brackets: int, max_depth: int) -> int:
    """How many keys all objects have together, level by level: a batch of metrics is one level of a thousand objects."""
    level = [value] if isinstance(value, dict | list) else []
    keys = seen = depth = 0
    while level:
        depth += 1
        if depth > max_depth:
            raise Invalid("json_too_deep", f"The JSON is nested more than {max_depth} levels deep.")
        keys += sum([len(node) for node in level if type(node) is dict])
        seen += len(level)
        if seen == brackets:
            break
        below = [node.values() if type(node) is dict else node for node in level]
        level = [child for children in below for child in children if type(child) is dict or type(child) is list]
    return keys


def _check_text(value: Any) -> None:
    """Only an escape can bring in what JSON forbids as a plain character."""
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            refuse_bad_text(node)
        elif isinstance(node, dict):
            pending.extend(node.keys())
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def refuse_bad_text(text: str) -> None:
    """Raise when a text can't be stored by every database: a NUL or half a surrogate pair."""
    if "\x00" in text:
        raise Invalid("nul_character", "The JSON holds a NUL character, which can't be stored.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Invalid("bad_unicode", "The JSON holds half a surrogate pair, which is no character.") from None


def _refuse_doubled_keys(raw: bytes) -> None:
    def pairs(items: list[tuple[str, Any]]) -> None:
        seen = set()
        for key, _value in items:
            if key in seen:
                raise Invalid("duplicate_key", f"The JSON names the key {key[:80]!r} twice in one object.")
            seen.add(key)

    json.loads(raw, object_pairs_hook=pairs)


def _require_utf8(media_type: str) -> None:
    for part in media_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type, "Send JSON in UTF-8.")


def _bad_json(message: str) -> Invalid:
    return Invalid("bad_json", f"The body is no valid JSON: {message[:200]}.", hint="Send one JSON value in UTF-8.")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        "body_too_large",
        f"The body is larger than the {limit:,} bytes this address takes.",
        hint="Send less at a time.",
    )

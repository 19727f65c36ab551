"""Tree → text again, and the chips a page draws of it."""

import re
from dataclasses import dataclass

from studio.search.tree import Ago, And, Compare, Field, Items, Me, Moment, Node, Not, Number, Or, Text, Value, Words

PLAIN_KEY = re.compile(r"[^\s'\"`(),;=<>!~]+")
PLAIN_WORD = re.compile(r"[^\s'\"`(),;=<>!~]+")
# Words of the language, and what would be read as a number or a time.
SPECIAL = re.compile(r"(?:and|or|not|in|r?like|ilike|is|null)", re.IGNORECASE)
BARE = "attributes"


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition of the text: `text` is its own part, `start` and `end` where that stands."""

    text: str
    start: int
    end: int
    kind: str  # "compare", "words", "not", "or"
    family: str = ""
    key: str = ""
    operator: str = ""
    value: str = ""


def write(node: Node | None) -> str:
    """A text that parses to the same tree."""
    if node is None:
        return ""
    if isinstance(node, And | Or):
        word = " AND " if isinstance(node, And) else " OR "
        return word.join(_inner(part, node) for part in node.parts)
    if isinstance(node, Not):
        part = write(node.part)
        return f"NOT ({part})" if isinstance(node.part, And | Or) else f"NOT {part}"
    if isinstance(node, Words):
        is_plain = PLAIN_WORD.fullmatch(node.text) and not SPECIAL.fullmatch(node.text)
        return node.text if is_plain else _doubled(node.text)
    return _comparison(node)


def chips(node: Node | None) -> list[Chip]:
    """One chip for each condition that all must hold; alternatives and negations stay whole."""
    if node is None:
        return []
    return [_chip(part) for part in (node.parts if isinstance(node, And) else (node,))]


def write_field(field: Field) -> str:
    """The field as it is written in a text: `metrics.loss`, ``params.`a b` ``, `status`."""
    key = _key(field)
    return key if field.family == BARE else f"{_name(field.family)}.{key}"


def write_name(family: str, key: str) -> str:
    """The field of a family and a key taken literally."""
    return write_field(Field(family, key))


def write_text(text: str) -> str:
    """A text in quotes."""
    return "'" + text.replace("'", "''") + "'"


def write_value(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Items):
        return f"({', '.join(write_value(item) for item in value.items)})"
    if isinstance(value, Me):
        return "me"
    if isinstance(value, Text):
        return write_text(value.text)
    if isinstance(value, Number):
        return value.text or repr(value.number)
    if isinstance(value, Ago):
        return value.text or f"{value.delta.total_seconds():.15g}s"
    return _moment(value)


def _inner(part: Node, around: And | Or) -> str:
    text = write(part)
    return f"({text})" if isinstance(part, And | Or) and type(part) is not type(around) else text


def _comparison(node: Compare) -> str:
    return f"{write_field(node.field)} {node.operator} {write_value(node.value)}".rstrip()


def _chip(part: Node) -> Chip:
    start, end = part.span.start, part.span.end
    if isinstance(part, Compare):
        return Chip(
            write(part), start, end, "compare", part.field.family, part.field.key, part.operator,
            write_value(part.value),
        )  # fmt: skip
    kind = "words" if isinstance(part, Words) else "not" if isinstance(part, Not) else "or"
    return Chip(write(part), start, end, kind)


def _key(field: Field) -> str:
    if field.is_split:
        return f"{_name(field.head, quote=True)}.{field.tail}"
    return _name(field.key, quote="." in field.key and not field.tail)


def _name(text: str, *, quote: bool = False) -> str:
    if not quote and PLAIN_KEY.fullmatch(text) and not SPECIAL.fullmatch(text):
        return text
    return _doubled(text) if "`" in text else f"`{text}`"


def _doubled(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _moment(value: Moment) -> str:
    return value.text or f"'{value.at.isoformat()}'"

"""What a feature can be searched by, and the check of a tree against it: all features raise the same sentences."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from studio.search import order, parsing, patterns, times
from studio.search.errors import SearchError
from studio.search.tree import (
    EQUALITY,
    LIKES,
    LISTS,
    MATCHES,
    NULLS,
    ORDERING,
    Ago,
    And,
    Compare,
    Field,
    Items,
    Me,
    Moment,
    Node,
    Not,
    Number,
    Or,
    Text,
    Value,
    Words,
)
from studio.search.writing import write_value

ATTRIBUTES = "attributes"


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    VALUE = "value"  # kept as text, compared as a number with a number
    TIME = "time"
    PERSON = "person"


_TEXTS = (*EQUALITY, *LIKES, *LISTS, *MATCHES, *NULLS)
_NUMBERS = (*EQUALITY, *ORDERING, *NULLS)
OPERATORS = {
    Kind.TEXT: _TEXTS,
    Kind.NUMBER: _NUMBERS,
    Kind.VALUE: (*_TEXTS, *ORDERING),
    Kind.TIME: _NUMBERS,
    Kind.PERSON: _TEXTS,
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One named field; `operators` narrows those of its kind."""

    name: str
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()  # what autocomplete offers
    orders: bool = True
    summary: str = ""

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.operators or OPERATORS[self.kind]


@dataclass(frozen=True, slots=True)
class Family:
    """Fields with any key (`metrics.loss`), or with the keys it names (`datasets.digest`)."""

    name: str
    word: str  # one of them, in a sentence
    kind: Kind = Kind.TEXT
    keys: tuple[Attribute, ...] = ()
    operators: tuple[str, ...] = ()
    orders: bool = True

    def attribute(self, key: str) -> Attribute | None:
        """What is known of a key; None where the family has no such key."""
        if not self.keys:
            return Attribute(key, self.kind, operators=self.operators, orders=self.orders)
        return next((known for known in self.keys if key == known.name or key in known.aliases), None)


@dataclass(frozen=True, slots=True)
class Fields:
    """`aliases` are further names of families; `has_words` lets bare words be searched."""

    families: tuple[Family, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    has_words: bool = True

    def family(self, name: str) -> Family | None:
        name = dict(self.aliases).get(name, name)
        return next((family for family in self.families if family.name == name), None)


def read(text: str, fields: Fields, *, parameter: str = "filter") -> Node | None:
    """Parse and check at once: the border's one call. Raises SearchError that knows the text."""
    try:
        node = parsing.parse(text)
        return None if node is None else check(node, fields)
    except SearchError as error:
        raise error.within(text, parameter) from None


def read_order(text: str, fields: Fields, *, parameter: str = "order_by") -> list[order.Order]:
    """The order's parts, checked. Raises SearchError that knows the text."""
    try:
        return check_order(order.parse(text), fields)
    except SearchError as error:
        raise error.within(text, parameter) from None


def check(node: Node, fields: Fields) -> Node:
    """The same tree with fields under their own names and values of the fields' types. Raises SearchError."""
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(check(part, fields) for part in node.parts))
    if isinstance(node, Not):
        return replace(node, part=check(node.part, fields))
    if isinstance(node, Words):
        return _checked_words(node, fields)
    family, attribute = _resolved(node.field, fields, node.value)
    if node.operator not in attribute.allowed:
        raise _bad_operator(node, family, attribute)
    value = None if node.value is None else _value(node.value, node, family, attribute)
    return replace(node, field=replace(node.field, family=family.name, key=attribute.name), value=value)


def check_order(orders: Iterable[order.Order], fields: Fields) -> list[order.Order]:
    """The same order with fields under their own names. Raises SearchError."""
    found = []
    for each in orders:
        family, attribute = _resolved(each.field, fields, None)
        if not attribute.orders:
            message = f"Runs can't be put in order by {family.word} {attribute.name!r}."
            raise _at(each.field, message)
        found.append(replace(each, field=replace(each.field, family=family.name, key=attribute.name)))
    return found


def _resolved(field: Field, fields: Fields, value: Value | None) -> tuple[Family, Attribute]:
    family = fields.family(field.family)
    if family is None:
        raise _unknown_family(field, fields)
    attribute = family.attribute(field.key)
    if attribute is None:
        raise _unknown_key(field, family, fields, value)
    return family, attribute


def _checked_words(node: Words, fields: Fields) -> Words:
    family = fields.family(parsing.family_of(node.text)) if node.span.length == len(node.text) else None
    if not fields.has_words or (family is not None and "." in node.text):
        message = f"Expected an operator after {node.text} at position {node.span.end + 1}."
        raise SearchError(message, position=node.span.end, expected=["an operator (=, !=, >, <, ~ …)"])
    return node


def _value(value: Value, node: Compare, family: Family, attribute: Attribute) -> Value:
    if node.operator in LISTS:
        items = value.items if isinstance(value, Items) else (value,)
        typed = tuple(_single(item, node, family, attribute) for item in items)
        return Items(typed, value.span)  # type: ignore[arg-type]
    found = _single(value, node, family, attribute)
    if node.operator in MATCHES and isinstance(found, Text):
        problem = patterns.problem_of(found.text)
        if problem:
            raise SearchError(problem, position=found.span.start, length=found.span.length)
    return found


def _single(value: Value, node: Compare, family: Family, attribute: Attribute) -> Value:
    if attribute.kind == Kind.NUMBER:
        if not isinstance(value, Number):
            raise _wrong(value, f"Expected numeric value type for {_named(family, attribute)}.", "a number")
        return value
    if attribute.kind == Kind.TIME:
        return _time(value, family, attribute)
    if attribute.kind == Kind.PERSON and isinstance(value, Me) and node.operator in (*EQUALITY, *LISTS):
        return value
    if attribute.kind == Kind.VALUE and isinstance(value, Number) and node.operator in (*EQUALITY, *ORDERING):
        return value
    if attribute.kind == Kind.VALUE and node.operator in ORDERING:
        message = f"Invalid comparator '{node.operator}' for a text. Expected a numeric value for {_named(family, attribute)}."
        raise _wrong(value, message, "a number")
    if not isinstance(value, Text):
        message = f"Expected a quoted string value for {_named(family, attribute)}."
        raise _wrong(value, message, "a text in quotes", suggestion=f"'{write_value(value)}'")
    return value


def _time(value: Value, family: Family, attribute: Attribute) -> Value:
    if isinstance(value, Ago | Moment):
        return value
    found = times.read(value)
    if found is None:
        message = (
            f"Expected numeric value type for numeric attribute: {attribute.name}. It takes milliseconds since 1970,"
            " a date such as '2026-01-31', or a time ago such as '7d'."
        )
        raise _wrong(value, message, "milliseconds, a date or a time ago")
    return found


def _named(family: Family, attribute: Attribute) -> str:
    return f"{family.word} {attribute.name!r}"


def _wrong(value: Value, message: str, expected: str, suggestion: str = "") -> SearchError:
    full = f"{message} Found {write_value(value)} at position {value.span.start + 1}."
    return SearchError(
        full, position=value.span.start, length=value.span.length, expected=[expected], suggestion=suggestion
    )


def _bad_operator(node: Compare, family: Family, attribute: Attribute) -> SearchError:
    allowed = ", ".join(attribute.allowed)
    what = _named(family, attribute)
    message = f"Invalid comparator '{node.operator}' for {what}; it can be compared by {allowed}."
    if node.operator in NULLS:
        message = f"IS NULL / IS NOT NULL is not supported for {what}; it can be compared by {allowed}."
    start = node.field.position + node.field.length
    end = node.value.span.start if node.value is not None else node.span.end
    return SearchError(message, position=start, length=end - start, expected=attribute.allowed)


def _unknown_family(field: Field, fields: Fields) -> SearchError:
    names = [family.name for family in fields.families]
    message = f"Invalid entity type '{field.family}': fields begin with {_choice(names)}."
    near = _near(field.family, [*names, *(alias for alias, _ in fields.aliases)])
    suggestion = f"{near}.{field.key}" if near else ""
    return SearchError(
        message, position=field.position, length=len(field.family), expected=names, suggestion=suggestion
    )


def _unknown_key(field: Field, family: Family, fields: Fields, value: Value | None) -> SearchError:
    known = [attribute.name for attribute in family.keys]
    message = f"Invalid {family.word} key '{field.key}' specified: there is {_choice(known)}."
    names = [name for attribute in family.keys for name in (attribute.name, *attribute.aliases)]
    near = _near(field.key, names)
    if not near and family.name == ATTRIBUTES:
        wanted = "metrics" if isinstance(value, Number) else "params"
        near = f"{wanted}.{field.key}" if fields.family(wanted) else ""
    return _at(field, message, expected=known, suggestion=near)


def _at(field: Field, message: str, expected: Sequence[str] = (), suggestion: str = "") -> SearchError:
    return SearchError(message, position=field.position, length=field.length, expected=expected, suggestion=suggestion)


def _near(name: str, names: Sequence[str]) -> str:
    found = difflib.get_close_matches(name.lower()[:60], names, n=1, cutoff=0.6)
    return found[0] if found else ""


def _choice(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)

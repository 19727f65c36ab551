"""What a search text means: a tree of frozen values that no table knows of.

Two trees are equal when they mean the same; where a part stood in the text is carried along for errors and chips.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """Where a part stands in the text, in characters."""

    start: int = 0
    end: int = 0

    @property
    def length(self) -> int:
        return self.end - self.start


NOWHERE = Span()


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `text` is how it was written."""

    number: float
    text: str = dataclasses.field(default="", compare=False)
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Ago:
    """So long before now: `7d`."""

    delta: timedelta
    text: str = dataclasses.field(default="", compare=False)
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time. The parser makes none: `fields.check` makes it of a date or of milliseconds for a time field."""

    at: datetime
    text: str = dataclasses.field(default="", compare=False)
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Me:
    """The person who asks."""

    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple["Text | Number | Ago | Moment | Me", ...]
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


Value = Text | Number | Ago | Moment | Me | Items


@dataclass(frozen=True, slots=True)
class Field:
    """`metrics."val loss".max`: the family `metrics`, the key `val loss.max` with the tail `max`.

    A name without a family has the family `attributes`. `tail` is the part after the last dot where it was written
    without quotes; `is_split` says that a quoted part stands before it, so that the tail can't belong to the key.
    """

    family: str
    key: str
    position: int = dataclasses.field(default=0, compare=False)
    length: int = dataclasses.field(default=0, compare=False)
    tail: str = ""
    is_split: bool = False

    @property
    def head(self) -> str:
        """The key without its tail."""
        return self.key[: -len(self.tail) - 1] if self.tail else self.key


@dataclass(frozen=True, slots=True)
class Compare:
    """`operator` is one of OPERATORS; `value` is None for `IS NULL` and `IS NOT NULL`."""

    field: Field
    operator: str
    value: Value | None
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Words:
    """One word, or several in quotes, to be found anywhere."""

    text: str
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


Node = And | Or | Not | Compare | Words

EQUALITY = ("=", "!=")
ORDERING = (">", ">=", "<", "<=")
LIKES = ("LIKE", "ILIKE")
LISTS = ("IN", "NOT IN")
MATCHES = ("~", "!~")
NULLS = ("IS NULL", "IS NOT NULL")
OPERATORS = (*EQUALITY, *ORDERING, *LIKES, *LISTS, *MATCHES, *NULLS)

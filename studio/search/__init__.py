"""The one search language: text → tree, tree → text, and the check against what a feature can be searched by.

It knows no table. A feature declares its `Fields`, checks the parsed tree against them and compiles it to SQL.
"""

from studio.search.errors import SearchError
from studio.search.fields import Attribute, Family, Fields, Kind, check, check_order, read, read_order
from studio.search.parsing import parse
from studio.search.tree import (
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
    Span,
    Text,
    Value,
    Words,
)
from studio.search.writing import Chip, chips, write

__all__ = [
    "Ago",
    "And",
    "Attribute",
    "Chip",
    "Compare",
    "Family",
    "Field",
    "Fields",
    "Items",
    "Kind",
    "Me",
    "Moment",
    "Node",
    "Not",
    "Number",
    "Or",
    "SearchError",
    "Span",
    "Text",
    "Value",
    "Words",
    "check",
    "check_order",
    "chips",
    "parse",
    "read",
    "read_order",
    "write",
]

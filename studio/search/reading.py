"""The parser's raw tree → the frozen one: what each token means."""

import re
from dataclasses import replace
from typing import Any

from lark import Token, Transformer, Tree, v_args

from studio.search import times
from studio.search.errors import SearchError
from studio.search.tree import (
    OPERATORS,
    Ago,
    And,
    Compare,
    Field,
    Items,
    Me,
    Node,
    Not,
    Number,
    Or,
    Span,
    Text,
    Words,
)

ATTRIBUTES = "attributes"
# MLflow's names of a family, all for one.
FAMILIES = {
    "metric": "metrics",
    "metrics": "metrics",
    "param": "params",
    "params": "params",
    "parameter": "params",
    "parameters": "params",
    "tag": "tags",
    "tags": "tags",
    "attr": ATTRIBUTES,
    "attribute": ATTRIBUTES,
    "attributes": ATTRIBUTES,
    "run": ATTRIBUTES,
    "dataset": "datasets",
    "datasets": "datasets",
}
OPERATOR_NAMES = {"==": "=", "<>": "!=", "=~": "~", "=<": "<=", "=>": ">=", "!": "!="}
PIECE = re.compile(r"`([^`]+)`|\"((?:[^\"]|\"\")+)\"|([^`\"]+)")


class Reader(Transformer[Token, Any]):
    """Called by lark for each rule, children first."""

    def filter(self, children: list[Any]) -> Node:
        return children[0]

    def order(self, children: list[Any]) -> tuple[tuple[Field, bool], ...]:
        return tuple(children)

    def either(self, children: list[Node]) -> Or:
        parts = [part for child in children for part in (child.parts if isinstance(child, Or) else (child,))]
        return Or(tuple(parts), _around(children))

    def both(self, children: list[Node]) -> And:
        parts = [part for child in children for part in (child.parts if isinstance(child, And) else (child,))]
        return And(tuple(parts), _around(children))

    @v_args(tree=True)
    def negation(self, tree: Tree[Any]) -> Not:
        part: Any = tree.children[0]
        return Not(part, Span(_start(tree), part.span.end))

    @v_args(tree=True)
    def group(self, tree: Tree[Any]) -> Node:
        part: Any = tree.children[0]
        return replace(part, span=Span(_start(tree), tree.meta.end_pos))

    def words(self, children: list[Words]) -> Words | And:
        return children[0] if len(children) == 1 else And(tuple(children), _around(children))

    def word(self, children: list[Token]) -> Words:
        token = children[0]
        return Words(_unquoted(token), _span(token))

    def compared(self, children: list[Any]) -> Compare:
        field, operator, value = children
        return _compare(field, _operator(operator), value, value.span.end)

    def excluded(self, children: list[Any]) -> Compare:
        field, _, items = children
        return _compare(field, "NOT IN", items, items.span.end)

    def missing(self, children: list[Any]) -> Compare:
        return _compare(children[0], "IS NULL", None, children[-1].end_pos)

    def present(self, children: list[Any]) -> Compare:
        return _compare(children[0], "IS NOT NULL", None, children[-1].end_pos)

    def field(self, children: list[Token]) -> Field:
        return field_of(children[0])

    def value(self, children: list[Token]) -> Text | Number | Ago | Me:
        token = children[0]
        if token.type in ("SINGLE", "DOUBLE"):
            return Text(_unquoted(token), _span(token))
        if token.type in ("NUMBER", "NAN"):
            return Number(float(token), str(token), _span(token))
        if token.type == "ME":
            return Me(_span(token))
        if token.type == "AGO":
            return Ago(times.ago(token), str(token), _span(token))
        raise _error(token, f"The value {token} needs quotes around it.", expected=["a text in quotes"],
                     suggestion=f"'{token.strip('`')}'")  # fmt: skip

    @v_args(tree=True)
    def items(self, tree: Tree[Any]) -> Items:
        items: list[Any] = tree.children
        return Items(tuple(items), Span(_start(tree), tree.meta.end_pos))

    def ordering(self, children: list[Any]) -> tuple[Field, bool]:
        field, is_reversed = _unsigned(children[0])
        word = children[1] if len(children) > 1 else None
        if word is None:
            return field, is_reversed
        if word.upper() not in ("ASC", "DESC"):
            raise _error(word, f"Invalid ordering key {word}: an order is ASC or DESC.", expected=["ASC", "DESC"])
        return field, word.upper() == "DESC"


def field_of(token: Token) -> Field:
    """The family, key and tail of a name such as `metrics.loss.max`."""
    if token.type == "DOUBLE":
        return Field(ATTRIBUTES, _unquoted(token), _span(token).start, len(token))
    pieces = [_piece(match) for match in PIECE.finditer(token)]
    family, key = _split(pieces)
    last, is_quoted = pieces[-1]
    tail = last.rpartition(".")[2] if not is_quoted and "." in key else ""
    is_split = bool(tail) and "." in last and any(quoted for _, quoted in key_pieces(pieces)[:-1])
    if not key:
        raise _error(token, f"The name {token} has nothing after its dot.")
    return Field(FAMILIES.get(family, family), key, token.start_pos or 0, len(token), tail, is_split)


def _unsigned(field: Field) -> tuple[Field, bool]:
    """`-metrics.loss` without its sign, and whether it had one."""
    if field.family.startswith("-"):
        family = field.family[1:]
        return replace(field, family=FAMILIES.get(family, family)), True
    if field.family == ATTRIBUTES and field.key.startswith("-"):
        return replace(field, key=field.key[1:]), True
    return field, False


def key_pieces(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The pieces without the one that holds the family alone."""
    head, _ = pieces[0]
    return pieces[1:] if head.endswith(".") or pieces[0][1] else pieces


def count(node: Node) -> int:
    """How many conditions and words a tree has."""
    if isinstance(node, And | Or):
        return sum(count(part) for part in node.parts)
    return count(node.part) if isinstance(node, Not) else 1


def _split(pieces: list[tuple[str, bool]]) -> tuple[str, str]:
    """At the first dot that is not quoted; a name without one is an attribute."""
    before = ""
    for index, (text, is_quoted) in enumerate(pieces):
        head, dot, rest = text.partition(".")
        if not is_quoted and dot:
            return before + head, rest + "".join(more for more, _ in pieces[index + 1 :])
        before += text
    return ATTRIBUTES, before


def _piece(match: re.Match[str]) -> tuple[str, bool]:
    backticked, quoted, plain = match.groups()
    if plain is not None:
        return plain, False
    return (backticked, True) if backticked is not None else (quoted.replace('""', '"'), True)


def _operator(token: Token) -> str:
    name = token.upper().replace("RLIKE", "~")
    if name in OPERATORS:
        return name
    meant = OPERATOR_NAMES.get(name, "")
    message = f"There is no operator {token}; there are =, !=, >, >=, <, <=, ~, !~, LIKE, ILIKE, IN and NOT IN."
    raise _error(token, message, expected=["=", "!=", ">", ">=", "<", "<=", "~", "!~"], suggestion=meant)


def _compare(field: Field, operator: str, value: Any, end: int) -> Compare:
    return Compare(field, operator, value, Span(field.position, end))


def _unquoted(token: Token) -> str:
    if token.type == "SINGLE":
        return token[1:-1].replace("''", "'")
    if token.type == "DOUBLE":
        return token[1:-1].replace('""', '"')
    return str(token)


def _span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def _around(nodes: list[Any]) -> Span:
    return Span(nodes[0].span.start, nodes[-1].span.end)


def _start(tree: Tree[Any]) -> int:
    return tree.meta.start_pos


def _error(token: Token, message: str, expected: list[str] | None = None, suggestion: str = "") -> SearchError:
    start = token.start_pos or 0
    return SearchError(message, position=start, length=len(token), expected=expected or [], suggestion=suggestion)

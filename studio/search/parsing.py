"""Text → tree, by the grammar in `grammar.lark` (LALR: its time grows with the text's length and nothing else).

The tokens are counted while they are read, so a text of ten thousand terms or brackets is refused at its limit.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from studio.search import reading
from studio.search.errors import SearchError
from studio.search.tree import Field, Node

if TYPE_CHECKING:
    from lark import Lark, Token, UnexpectedCharacters
    from lark.exceptions import UnexpectedToken

MAX_LENGTH = 60_000
MAX_TOKENS = 4_000
MAX_DEPTH = 30
MAX_TERMS = 100
GRAMMAR = Path(__file__).with_name("grammar.lark")

# What each kind of token is called when it was expected.
NAMES = {
    "NAME": "a field or a word",
    "DOUBLE": "a text in quotes",
    "SINGLE": "a text in quotes",
    "NUMBER": "a number",
    "NAN": "a number",
    "AGO": "a time such as 7d",
    "ME": "me",
    "OPERATOR": "an operator (=, !=, >, <, ~ …)",
    "LIKE": "LIKE",
    "IN": "IN",
    "IS": "IS",
    "NULL": "NULL",
    "_AND": "AND",
    "_OR": "OR",
    "_NOT": "NOT",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "$END": "the end",
}
VALUES = {"NUMBER", "AGO", "ME", "NAN", "SINGLE", "DOUBLE", "NAME"}
WORDS = VALUES
COMPARING = {"OPERATOR", "LIKE", "IN", "IS"}


@lru_cache(maxsize=256)
def parse(text: str) -> Node | None:
    """The tree of a filter, None for an empty one. Raises SearchError."""
    if not text.strip():
        return None
    node = _read(text, "filter")
    if reading.count(node) > MAX_TERMS:
        raise _too_many(text)
    return node


@lru_cache(maxsize=256)
def parse_order(text: str) -> tuple[tuple[Field, bool], ...]:
    """The fields of an order and whether each descends. Raises SearchError."""
    if not text.strip():
        return ()
    return _read(text, "order")


def family_of(name: str) -> str:
    """The family a bare name such as `param.lr` begins with."""
    family = name.partition(".")[0]
    return reading.FAMILIES.get(family, family)


def _read(text: str, start: str):
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError

    _measure(text)
    session = _lark().parse_interactive(text, start=start)
    levels = _Levels(text)
    last: Token | None = None
    before: Token | None = None
    try:
        for token in session.iter_parse():
            levels.see(token)
            before, last = last, token
        tree = session.feed_eof(last)
        return reading.Reader().transform(tree)
    except UnexpectedCharacters as error:
        raise _unreadable(text, error) from None
    except UnexpectedToken as error:
        raise _unexpected(text, error, before, session.accepts()) from None
    except VisitError as error:
        if isinstance(error.orig_exc, SearchError):
            raise error.orig_exc.within(text) from None
        raise


def _measure(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise SearchError(f"A search has at most {MAX_LENGTH} characters.", text=text, position=MAX_LENGTH)
    if "\0" in text:
        position = text.index("\0")
        raise SearchError("A search can't hold a NUL character.", text=text, position=position)


class _Levels:
    """Counts tokens and how deep brackets and NOTs stand in one another, before anything is built of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = 0
        self.joints = 0
        self.depth = 0
        self.opened: list[int] = []
        self.before = ""

    def see(self, token: "Token") -> None:
        self.tokens += 1
        if self.tokens > MAX_TOKENS:
            raise SearchError("This search is too long.", text=self.text, position=token.start_pos or 0)
        kind = token.type
        if kind in ("LPAR", "_NOT"):
            if kind == "LPAR":
                self.opened.append(self.depth)
            self.depth += 1
        elif kind == "RPAR" and self.opened:
            self.depth = self.opened.pop()
        elif kind in ("_AND", "_OR"):
            self.depth = self.opened[-1] + 1 if self.opened else 0
            self.joints += 1
        elif kind in WORDS and self.before in WORDS:  # words side by side are conditions of their own
            self.joints += 1
        self.before = kind
        if self.joints >= MAX_TERMS:
            raise _too_many(self.text)
        if self.depth > MAX_DEPTH:
            message = f"Brackets and NOTs stand at most {MAX_DEPTH} deep in one another."
            raise SearchError(message, text=self.text, position=token.start_pos or 0)


def _too_many(text: str) -> SearchError:
    return SearchError(f"A search has at most {MAX_TERMS} conditions.", text=text, length=len(text))


@cache
def _lark() -> "Lark":
    from lark import Lark

    return Lark(GRAMMAR.read_text(), parser="lalr", lexer="basic", start=["filter", "order"], propagate_positions=True)


def _unreadable(text: str, error: "UnexpectedCharacters") -> SearchError:
    position = error.pos_in_stream or 0
    found = text[position]
    if found in "'\"`":
        message = f"The quote {found} at position {position + 1} is never closed."
        return SearchError(message, text=text, position=position, length=len(text) - position, expected=[found])
    if found == ";":
        message = f"A search is one expression; join conditions with AND instead of ; at position {position + 1}."
        return SearchError(message, text=text, position=position, expected=["AND", "OR"])
    return SearchError(f"{found!r} can't stand at position {position + 1}.", text=text, position=position)


def _unexpected(text: str, error: "UnexpectedToken", before: "Token | None", accepts: set[str]) -> SearchError:
    token = error.token
    if token.type in COMPARING and before is not None and before.type in WORDS and "_AND" in accepts:
        return _no_field(text, before)
    at_end = token.type == "$END"
    position = len(text.rstrip()) if at_end else token.start_pos or 0
    expected = _expected(accepts)
    found = "the text ends" if at_end else f"{str(token)!r} stands"
    message = f"Expected {_listed(expected)} at position {position + 1}, where {found}."
    return SearchError(message, text=text, position=position, length=1 if at_end else len(token), expected=expected)


def _no_field(text: str, before: "Token") -> SearchError:
    """A comparison of what was read as a word: the mistake stands before it, not at its operator."""
    start = before.start_pos or 0
    if before.type in ("NAME", "DOUBLE"):
        message = f"Expected AND or OR before {before} at position {start + 1}."
        return SearchError(message, text=text, position=start, length=len(before), expected=["AND", "OR"])
    message = f"{before} at position {start + 1} is no field; a condition begins with one, such as metrics.loss."
    return SearchError(message, text=text, position=start, length=len(before), expected=["a field"])


def _expected(accepts: set[str]) -> list[str]:
    if "_AND" in accepts:  # another word would do as well, but is hardly what was meant
        accepts = accepts - WORDS
    if "_NOT" in accepts and "LPAR" in accepts:
        return ["a condition", "a word", "NOT", "("]
    if VALUES <= accepts and "LPAR" not in accepts:
        return ["a number", "a text in quotes", "a time such as 7d", "me"]
    return list(dict.fromkeys(words for kind, words in NAMES.items() if kind in accepts))


def _listed(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) or "nothing more"

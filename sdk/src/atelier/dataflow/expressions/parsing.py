"""An expression read into its tree. From loosest to tightest: or, and, not, comparisons, + - &, * / %, minus, ^."""

from __future__ import annotations

from atelier.dataflow.errors import ExpressionError
from atelier.dataflow.expressions.tokens import Token, tokens_of
from atelier.dataflow.expressions.tree import Call, Column, Literal, Node, depth_of

DEEPEST = 100
_COMPARISONS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "missing": None, "null": None}
_RESERVED = {"and", "or", "not", "in", "is"}


def parse(source: str) -> Node:
    """The tree of the expression, or an ExpressionError that says where reading stopped."""
    reader = _Reader(tokens_of(source))
    node = reader.either()
    if reader.now.kind != "end":
        raise reader.unexpected("an operator or the end")
    if depth_of(node) > DEEPEST:
        raise ExpressionError(f"An expression may be nested {DEEPEST} deep at most.", start=0, end=len(source))
    return node


class _Reader:
    """Reads words from left to right; one method a level of binding."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def now(self) -> Token:
        return self._tokens[self._at]

    def either(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(
                f"An expression may be nested {DEEPEST} deep at most.", start=self.now.start, end=self.now.end
            )
        node = self._both()
        while self._word("or"):
            node = _joined("or", node, self._both())
        self._depth -= 1
        return node

    def unexpected(self, wanted: str) -> ExpressionError:
        token = self.now
        if token.kind == "end":
            return ExpressionError(
                f"The expression ends where {wanted} should follow.", start=token.start, end=token.end
            )
        return ExpressionError(
            f"“{token.value}” stands where {wanted} should follow.", start=token.start, end=token.end
        )

    def _both(self) -> Node:
        node = self._negated()
        while self._word("and"):
            node = _joined("and", node, self._negated())
        return node

    def _negated(self) -> Node:
        start, times = self.now.start, 0
        while self._word("not"):
            times += 1
        node = self._comparison()
        return Call("not", (node,), start, node.end) if times % 2 else node

    def _comparison(self) -> Node:
        node = self._sum()
        if self.now.kind == "sign" and self.now.value in _COMPARISONS:
            sign = _COMPARISONS[self._take().value]
            return _joined(sign, node, self._sum())
        if self._word("is"):
            return self._is(node)
        if self._word("in"):
            return self._among(node)
        if self.now.value.lower() == "not" and self._tokens[self._at + 1].value.lower() == "in":
            self._at += 2
            inner = self._among(node)
            return Call("not", (inner,), inner.start, inner.end)
        return node

    def _is(self, node: Node) -> Node:
        negated = self._word("not")
        if self.now.kind != "word" or self.now.value.lower() not in ("missing", "null"):
            raise self.unexpected("“missing”")
        end = self._take().end
        found = Call("is_missing", (node,), node.start, end)
        return Call("not", (found,), node.start, end) if negated else found

    def _among(self, node: Node) -> Node:
        self._expect("(")
        arguments = self._arguments()
        return Call("in", (node, *arguments), node.start, self._tokens[self._at - 1].end)

    def _sum(self) -> Node:
        node = self._product()
        while self.now.kind == "sign" and self.now.value in "+-&":
            node = _joined(self._take().value, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while self.now.kind == "sign" and self.now.value in ("*", "/", "%"):
            node = _joined(self._take().value, node, self._signed())
        return node

    def _signed(self) -> Node:
        signs = []
        while self.now.kind == "sign" and self.now.value in ("-", "+"):
            signs.append(self._take())
        node = self._power()
        for sign in reversed(signs):
            node = _minus(node, sign.start) if sign.value == "-" else node
        return node

    def _power(self) -> Node:
        node = self._atom()
        if self.now.kind == "sign" and self.now.value in ("^", "**"):
            self._take()
            self._depth += 1
            if self._depth > DEEPEST:
                raise self.unexpected("something less deeply nested")
            node = _joined("^", node, self._signed())
            self._depth -= 1
        return node

    def _atom(self) -> Node:
        token = self.now
        if token.kind == "number":
            self._take()
            whole = token.value.isdigit() and len(token.value) < 19
            return Literal(int(token.value) if whole else float(token.value), token.start, token.end)
        if token.kind == "text":
            self._take()
            return Literal(token.value, token.start, token.end)
        if token.kind == "column":
            self._take()
            return Column(token.value, token.start, token.end)
        if token.kind == "word" and token.value.lower() not in _RESERVED:
            return self._named()
        if token.kind == "sign" and token.value == "(":
            self._take()
            node = self.either()
            self._expect(")")
            return node
        raise self.unexpected("a value, a column or a function")

    def _named(self) -> Node:
        token = self._take()
        if self.now.kind == "sign" and self.now.value == "(":
            self._take()
            arguments = self._arguments()
            return Call(token.value.lower(), arguments, token.start, self._tokens[self._at - 1].end)
        if token.value.lower() in _CONSTANTS:
            return Literal(_CONSTANTS[token.value.lower()], token.start, token.end)
        return Column(token.value, token.start, token.end)

    def _arguments(self) -> tuple[Node, ...]:
        arguments: list[Node] = []
        if self._sign(")"):
            return ()
        while True:
            arguments.append(self.either())
            if self._sign(")"):
                return tuple(arguments)
            self._expect(",", "a comma or )")

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _word(self, word: str) -> bool:
        if self.now.kind == "word" and self.now.value.lower() == word:
            self._at += 1
            return True
        return False

    def _sign(self, sign: str) -> bool:
        if self.now.kind == "sign" and self.now.value == sign:
            self._at += 1
            return True
        return False

    def _expect(self, sign: str, wanted: str = "") -> None:
        if not self._sign(sign):
            raise self.unexpected(wanted or sign)


def _joined(sign: str, left: Node, right: Node) -> Call:
    return Call(sign, (left, right), left.start, right.end)


def _minus(node: Node, start: int) -> Node:
    if isinstance(node, Literal) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return Literal(-node.value, start, node.end)
    return Call("negative", (node,), start, node.end)

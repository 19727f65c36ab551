"""What is said of a text that can't be read: where, what was expected there, and what may have been meant."""

from collections.abc import Sequence

from studio.errors import Invalid

EXCERPT = 60  # characters shown on either side of the error


class SearchError(Invalid):
    """`position` and `length` say which characters of `text` are wrong; `expected` what could stand there."""

    def __init__(
        self,
        message: str,
        *,
        text: str = "",
        position: int = 0,
        length: int = 1,
        expected: Sequence[str] = (),
        suggestion: str = "",
        parameter: str = "filter",
    ) -> None:
        super().__init__("bad_search", message, hint=_hint(suggestion), fields={parameter: message})
        self.text = text
        self.position = position
        self.length = max(1, length)
        self.expected = tuple(expected)
        self.suggestion = suggestion

    @property
    def extensions(self) -> dict[str, object]:
        """What the problem answer of the API carries besides the sentence."""
        return {
            "position": self.position,
            "length": self.length,
            "expected": list(self.expected),
            "suggestion": self.suggestion,
        }

    def within(self, text: str, parameter: str = "filter") -> "SearchError":
        """The same error, knowing the text it is about and what the caller calls it."""
        self.text = text
        self.fields = {parameter: self.message}
        return self

    def caret(self) -> str:
        """The part of the text around the error, with carets below it: two lines for a terminal."""
        start = max(0, self.position - EXCERPT)
        shown = self.text[start : self.position + self.length + EXCERPT].replace("\n", " ").replace("\t", " ")
        before = "…" if start else ""
        room = max(1, min(self.length, len(shown) - (self.position - start)))
        return f"{before}{shown}\n{' ' * (len(before) + self.position - start)}{'^' * room}"


def _hint(suggestion: str) -> str:
    return f"Did you mean {suggestion}?" if suggestion else ""

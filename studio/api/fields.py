"""Strict shapes of request bodies: what is not named is refused, and nothing is quietly converted."""

import re
import unicodedata
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from studio.identifiers import is_run_id

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
_HALF_PAIR = re.compile("[\ud800-\udfff]")


class StrictSerializer(serializers.Serializer):
    """A serializer that refuses fields it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [str(name) for name in data if name not in known]
            if unknown:
                names = ", ".join(sorted(known)) or "none"
                raise serializers.ValidationError(
                    {name[:80]: [f"This field is not known here. Known: {names}."] for name in unknown[:20]}
                )
        return super().to_internal_value(data)


class NoHalfPairs(ProhibitSurrogateCharactersValidator):
    """As its parent, which walks through a text of a megabyte for 80 ms."""

    def __call__(self, value: Any) -> None:
        if found := _HALF_PAIR.search(value):
            super().__call__(found[0])


class Text(serializers.CharField):
    """A string and nothing that could be read as one; `max_length` is required."""

    default_error_messages = {"not_text": "Give a text."}

    def __init__(self, *, max_length: int, **options: Any) -> None:
        options.setdefault("trim_whitespace", False)
        super().__init__(max_length=max_length, **options)
        slow = (one for one in self.validators if not isinstance(one, ProhibitSurrogateCharactersValidator))
        self.validators = [*slow, NoHalfPairs()]

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("not_text")
        return super().to_internal_value(data)


class Name(Text):
    """A text for one line: trimmed, NFC, without control characters or invisible direction marks."""

    default_error_messages = {"not_a_line": "Control characters and direction marks are not allowed in a name."}

    def __init__(self, *, max_length: int = 255, **options: Any) -> None:
        options.setdefault("trim_whitespace", True)
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and has_control_characters(data):
            self.fail("not_a_line")
        return unicodedata.normalize("NFC", super().to_internal_value(data))


class Int64(serializers.Field):
    """A whole number of 64 bits; not `true`, not `1.0`, not `"1"`."""

    default_error_messages = {"not_whole": "Give a whole number.", "range": "Give a number from {low} to {high}."}

    def __init__(self, *, min_value: int = INT64_MIN, max_value: int = INT64_MAX, **options: Any) -> None:
        super().__init__(**options)
        self.min_value, self.max_value = min_value, max_value

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("not_whole")
        if not self.min_value <= data <= self.max_value:
            self.fail("range", low=self.min_value, high=self.max_value)
        return data

    def to_representation(self, value: int) -> int:
        return value


class StrictBoolean(serializers.BooleanField):
    """`true` or `false`, not their many spellings."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class RunId(Text):
    default_error_messages = {"not_a_run_id": "This is no run id."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=12, **options)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not is_run_id(value):
            self.fail("not_a_run_id")
        return value


@extend_schema_field(OpenApiTypes.ANY)
class AnyValue(serializers.Field):
    """A value as a file has it: a text, a mapping, a number. What it may be is judged by the use case."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "object", "additionalProperties": True})
class AnyTable(serializers.DictField):
    """A mapping as a file has it."""


def has_control_characters(text: str) -> bool:
    """Whether a text holds what a one-line name may not: controls, line ends, direction overrides, half surrogates."""
    return any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _MARKS for character in text)


_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")


def clean(serializer: type[StrictSerializer], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """The checked values of a body: `values = fields.clean(StartRun, request.data)`. Raises what becomes a 400."""
    checked = serializer(data=data, partial=partial)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)

"""What a field of a body takes."""

import pytest
from rest_framework.exceptions import ValidationError

from studio.api.fields import Text


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb", "x" * 100 + "\udc00"])
def test_A87_half_a_pair_is_refused_and_named(value: str) -> None:
    with pytest.raises(ValidationError, match="Surrogate characters are not allowed: U\\+D"):
        Text(max_length=200).run_validation(value)


@pytest.mark.parametrize("value", ["", "a\ufffd\U0001f600", "\ue000\ud7ff"])
def test_whole_characters_are_taken(value: str) -> None:
    assert Text(max_length=200, allow_blank=True).run_validation(value) == value


@pytest.mark.parametrize("value", ["a\0b", "x" * 201, 7, None, ["a"]])
def test_what_is_no_text_or_too_long_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Text(max_length=200).run_validation(value)

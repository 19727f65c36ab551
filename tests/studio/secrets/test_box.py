from typing import Any

import pytest

from studio.errors import Unavailable
from studio.secrets import box


def test_a_sealed_text_opens_for_its_purpose_alone() -> None:
    sealed = box.seal("word", purpose="webhook:1:secret")
    assert "word" not in sealed
    assert box.unseal(sealed, purpose="webhook:1:secret") == "word"
    with pytest.raises(Unavailable):
        box.unseal(sealed, purpose="webhook:2:secret")


def test_equal_texts_are_sealed_differently() -> None:
    assert box.seal("word", purpose="a") != box.seal("word", purpose="a")


def test_an_earlier_key_still_opens_while_it_is_given(settings: Any) -> None:
    sealed = box.seal("word", purpose="a")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    assert box.unseal(sealed, purpose="a") == "word"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unavailable) as caught:
        box.unseal(sealed, purpose="a")
    assert caught.value.code == "secret_unreadable"


@pytest.mark.parametrize("text", ["", "x", "a1:", "a1:abc:", "a1::::", "b2:x:y"])
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    with pytest.raises(Unavailable):
        box.unseal(text, purpose="a")

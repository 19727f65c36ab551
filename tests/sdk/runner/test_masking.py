"""RELIABILITY A102: what a job prints of its secrets is hidden, wherever a piece of output ends."""

import base64
import json
import random
import time
from urllib.parse import quote, quote_plus

import pytest
from atelier.runner.masking import MASK, Masks

VALUE = "canary/p@ss word+7=é"


def streamed(masks: Masks, data: bytes, cuts: list[int]) -> bytes:
    stream, shown, at = masks.stream(), b"", 0
    for cut in [*cuts, len(data)]:
        shown += stream.feed(data[at:cut])
        at = cut
    return shown + stream.close()


@pytest.mark.parametrize(
    "printed",
    [
        VALUE, quote(VALUE), quote(VALUE, safe=""), quote(VALUE, safe="").lower(), quote_plus(VALUE), json.dumps(VALUE), repr(VALUE),
        base64.b64encode(VALUE.encode()).decode(), base64.urlsafe_b64encode(VALUE.encode()).decode(),
        base64.b64encode(f"user:{VALUE}".encode()).decode(), base64.b64encode(f"ab{VALUE}:more".encode()).decode(),
    ],
)  # fmt: skip
def test_a_value_is_hidden_plain_and_encoded(printed: str) -> None:
    shown = Masks([VALUE]).hide(f"before {printed} after".encode()).decode()
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    # Of base64 inside a longer text only the letters at its edges stay, which hold bits of what is beside it.
    assert "***" in shown
    assert len(shown) < len("before  after") + 20


def test_a_value_split_over_writes_is_hidden_at_every_place() -> None:
    data = f"one {VALUE} two {VALUE}{VALUE} three".encode()
    whole = Masks([VALUE]).hide(data)
    assert VALUE.encode() not in whole
    for cut in range(len(data)):
        assert streamed(Masks([VALUE]), data, [cut]) == whole
    assert streamed(Masks([VALUE]), data, list(range(len(data)))) == whole


def test_any_pieces_of_any_output_give_what_the_whole_gives() -> None:
    chance = random.Random(7)
    for _ in range(300):
        values = ["".join(chance.choices("ab", k=chance.randint(4, 7))) for _ in range(3)]
        data = "".join(chance.choices("ab\n", k=80)).encode()
        cuts = sorted(chance.sample(range(80), 5))
        shown = streamed(Masks(values), data, cuts)
        assert not any(value.encode() in shown for value in values), (values, data, cuts)


def test_of_two_values_one_of_which_begins_the_other_nothing_is_left() -> None:
    masks = Masks(["abcd", "abcdefgh"])
    assert streamed(masks, b"x abcdefgh y", [6]) == b"x *** y"
    assert streamed(masks, b"x abcdef", [6]) == b"x ***ef"


def test_nothing_waits_that_is_no_beginning_of_a_value() -> None:
    stream = Masks(["canary-1"]).stream()
    assert stream.feed(b"step 1\n") == b"step 1\n"
    assert stream.feed(b"canary") == b""
    assert stream.feed(b" bird\n") == b"canary bird\n"
    assert (stream.feed(b"canary"), stream.close()) == (b"", b"canary")


def test_the_lines_of_a_key_file_are_hidden_one_by_one() -> None:
    value = "-----BEGIN KEY-----\nAAAABBBBCCCC\nDDDDEEEEFFFF\n-----END KEY-----\n"
    shown = Masks([value]).hide(b"| AAAABBBBCCCC\n| DDDDEEEEFFFF\r\n" + value.replace("\n", "\r\n").encode())
    assert b"AAAA" not in shown
    assert b"DDDD" not in shown


def test_what_is_too_short_to_be_told_from_other_text_is_left() -> None:
    masks = Masks(["", "ab", "1\n2"])
    assert masks.forms == []
    assert streamed(masks, b"ab 12", [1]) == b"ab 12"
    assert Masks().text("as it was \udcff") == "as it was \udcff"
    assert MASK.decode() == Masks(["word"]).text("word")


def test_much_output_is_read_quickly() -> None:
    masks, block = (
        Masks(["".join(random.Random(3).choices("abcdefgh0123", k=40))]),
        b"epoch 12 loss 0.3456 abcdef\n" * 40_000,
    )
    started = time.perf_counter()
    assert len(streamed(masks, block, list(range(0, len(block), 65_536)))) == len(block)
    assert time.perf_counter() - started < 1.0

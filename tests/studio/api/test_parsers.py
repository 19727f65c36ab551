import gzip

import orjson
import pytest

from studio.api import parsers
from studio.errors import Invalid, TooLarge


def code_of(raw: bytes, **options: bool) -> str:
    with pytest.raises(Invalid) as caught:
        parsers.loads(raw, **options)
    return caught.value.code


def test_a_plain_value_comes_back_as_it_is() -> None:
    value = {
        "keys": ["loss"],
        "step": [1, 2],
        "value": [0.5, "NaN"],
        "url": "http://a:80/x:y",
        "note": "\u00e9 \U0001f600",
    }
    assert parsers.loads(orjson.dumps(value)) == value


def test_A88_nesting_deeper_than_64_levels_is_refused() -> None:
    assert parsers.loads(b"[" * 64 + b"]" * 64)
    assert code_of(b"[" * 65 + b"]" * 65) == "json_too_deep"
    assert code_of(b'{"a":' * 3000 + b"1" + b"}" * 3000) in {"json_too_deep", "bad_json"}
    assert code_of(b"[" * 100_000 + b"]" * 100_000) == "bad_json"


def test_A86_a_nul_is_refused_in_values_and_keys_at_any_depth() -> None:
    assert code_of(b'{"a": ["x", {"b": "\\u0000"}]}') == "nul_character"
    assert code_of(b'{"a\\u0000": 1}') == "nul_character"
    assert parsers.loads(b'{"a": "\\\\u0000"}') == {"a": "\\u0000"}


def test_A87_half_a_surrogate_pair_is_refused() -> None:
    assert code_of(b'{"a": "\\ud800"}') in {"bad_json", "bad_unicode"}
    assert code_of(b'{"a": "\\ud800", "b": NaN}', allow_nan=True) == "bad_unicode"


def test_A89_a_bare_nan_is_refused_unless_the_view_takes_it() -> None:
    for raw in (b'{"a": NaN}', b"[Infinity]", b"[1e400]"):
        assert code_of(raw) == "bad_json"
    assert parsers.loads(b"[Infinity]", allow_nan=True) == [float("inf")]


def test_A93_a_key_that_comes_twice_is_refused() -> None:
    assert code_of(b'{"a": 1, "a": 2}') == "duplicate_key"
    assert code_of(b'{"x": [{"time": "10:00", "b": 1, "b": 2}]}') == "duplicate_key"
    assert parsers.loads(b'{"x": [{"b": 1}, {"b": 2}], "c": ":"}') == {"x": [{"b": 1}, {"b": 2}], "c": ":"}


@pytest.mark.parametrize("raw", [b"", b"  ", b"{", b'{"a":', b"\xef\xbb\xbf{}", b"\xff", b"{'a': 1}"])
def test_A93_broken_texts_are_refused(raw: bytes) -> None:
    assert code_of(raw) in {"bad_json", "empty_body"}


def test_A41_a_gzip_bomb_is_given_up_at_the_limit() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with pytest.raises(TooLarge):
        parsers.gunzip(bomb, limit=1_000_000)


def test_a_cut_gzip_body_is_refused() -> None:
    packed = gzip.compress(b'{"a": 1}' * 100)
    with pytest.raises(Invalid):
        parsers.gunzip(packed[:-5], limit=10_000)
    with pytest.raises(Invalid):
        parsers.gunzip(b"no gzip", limit=10_000)
    assert parsers.gunzip(packed, limit=10_000) == b'{"a": 1}' * 100


def test_A88_more_containers_than_memory_is_spent_on_are_refused_before_they_are_built() -> None:
    assert code_of(b"[" + b"[]," * 400_000 + b"[]]") == "json_too_many"
    assert parsers.loads(b'["' + b"[{" * 400_000 + b'\\"["]')  # a text may hold as many as it likes


def test_a_reader_may_want_it_flatter() -> None:
    assert parsers.loads(b"[[[]]]", max_depth=3) == [[[]]]
    with pytest.raises(Invalid):
        parsers.loads(b"[[[[]]]]", max_depth=3)

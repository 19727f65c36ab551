"""Packs come back exact, whatever the numbers."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from runs.tracking.metrics import codec, summarise

SIZES = st.integers(0, 200)
INT64 = st.integers(-(2**63), 2**63 - 1)


@given(
    SIZES.flatmap(
        lambda size: st.tuples(arrays.arrays(np.int64, size, elements=INT64), arrays.arrays(np.float64, size))
    )
)
def test_any_columns_come_back_bit_by_bit(columns: tuple) -> None:
    whole, values = columns
    again, floats = codec.unpack(codec.pack(whole, values))
    assert np.array_equal(again, whole)
    assert np.array_equal(floats.view(np.int64)[~np.isnan(values)], values.view(np.int64)[~np.isnan(values)])
    assert np.array_equal(np.isnan(floats), np.isnan(values))


def test_not_a_number_infinities_and_negative_zero_are_kept() -> None:
    values = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 5e-324, 1.7976931348623157e308])
    (again,) = codec.unpack(codec.pack(values))
    assert np.array_equal(again.view(np.int64), values.view(np.int64))


def test_a_reader_unpacks_only_what_it_asks_for() -> None:
    data = codec.pack(np.arange(5), np.arange(5) * 2, np.linspace(0, 1, 5))
    (second,) = codec.unpack(data, [1])
    assert second.tolist() == [0, 2, 4, 6, 8]


def test_counting_steps_and_ticking_clocks_cost_almost_nothing() -> None:
    steps = np.arange(16_384) + 10**12
    times = 1_760_000_000_000 + 100 * np.arange(16_384)
    assert len(codec.pack(steps, times)) < 200


def test_losses_of_a_gpu_take_half_the_room() -> None:
    losses = np.random.default_rng(0).normal(size=4_096)
    exact, narrow = codec.pack(losses), codec.pack(losses.astype(np.float32).astype(np.float64))
    assert len(narrow) < 0.6 * len(exact)


@pytest.mark.parametrize("change", [lambda d: d[:5], lambda d: d[:20], lambda d: d[:-3], lambda d: b"XX" + d[2:]])
def test_damaged_bytes_are_named_and_never_guessed(change) -> None:
    with pytest.raises(codec.BadPack):
        codec.unpack(change(codec.pack(np.arange(100), np.random.default_rng(1).normal(size=100))))


def test_packs_of_many_threads_do_not_mix() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def roundtrip(seed: int) -> bool:
        values = np.random.default_rng(seed).normal(size=500)
        return all(np.array_equal(codec.unpack(codec.pack(values))[0], values) for _ in range(20))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(roundtrip, range(8)))


@given(INT64, INT64, INT64, st.floats())
@example(7, 0, 0, -0.0)
@example(7, 0, 0, 0.1)
@example(7, 0, 0, 3.5)
@example(7, 0, 0, 1e300)
def test_a_point_alone_is_packed_as_a_batch_of_one(key: int, step: int, time_ms: int, value: float) -> None:
    columns = [np.array([number], np.int64) for number in (key, step, time_ms)]
    assert codec.pack_point(key, step, time_ms, value=value) == codec.pack(*columns, np.array([value]))


@given(st.integers(1, 2**40), INT64, st.integers(0, 2**45), st.floats())
def test_a_point_alone_says_what_a_batch_of_one_says(key: int, step: int, time_ms: int, value: float) -> None:
    columns = [np.array([number], np.int64) for number in (key, step, time_ms)]
    assert [summarise.digest_of_point(key, step, time_ms, value)] == list(
        summarise.digests(*columns, np.array([value], np.float64))
    )

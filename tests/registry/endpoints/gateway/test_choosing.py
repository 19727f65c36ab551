"""Shares hold at once, whatever the rhythm of the callers."""

import pytest

from registry.endpoints.gateway.choosing import SILVER, Evenly, bounds


def counted(weights: list[int], count: int, every: int = 1) -> list[float]:
    turn, ends, found = Evenly(), bounds(weights), [0] * len(weights)
    for number in range(count * every):
        value = turn.next()
        if number % every == 0:
            found[next(place for place, end in enumerate(ends) if value < end)] += 1
    return [each / count for each in found]


@pytest.mark.parametrize("weights", [[90, 10], [50, 50], [1, 99], [33, 33, 34], [10, 20, 30, 40]])
def test_after_a_hundred_requests_every_share_is_within_two_points(weights: list[int]) -> None:
    assert counted(weights, 100) == pytest.approx([weight / 100 for weight in weights], abs=0.021)


@pytest.mark.parametrize("every", [2, 3, 5, 10])
def test_a_caller_with_a_rhythm_gets_the_same_shares(every: int) -> None:
    assert counted([50, 50], 200, every) == pytest.approx([0.5, 0.5], abs=0.03)


def test_what_is_mirrored_is_spread_over_who_answers() -> None:
    turn, mirror, both = Evenly(), Evenly(SILVER), 0
    for _ in range(2_000):
        both += (turn.next() < 0.5) & (mirror.next() < 0.5)
    assert both / 2_000 == pytest.approx(0.25, abs=0.02)

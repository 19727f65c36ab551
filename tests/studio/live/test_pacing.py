"""Fast streams reach a page a few times a second, and their last word always does."""

import time

from studio.live.pacing import Pacer


class Heard(list):
    def __call__(self, topic: str, event: str, offsets: dict) -> None:
        self.append((topic, event, offsets.get("size")))


def wait_for(heard: Heard, count: int) -> None:
    for _ in range(200):
        if len(heard) >= count:
            return
        time.sleep(0.005)


def test_the_first_hint_goes_out_at_once() -> None:
    heard = Heard()
    Pacer(heard, 5).note("run:a", "log", {"size": 1})
    assert heard == [("run:a", "log", 1)]


def test_what_follows_soon_becomes_one_hint_with_the_newest_offsets() -> None:
    heard = Heard()
    pacer = Pacer(heard, 0.05)
    for size in range(1, 51):
        pacer.note("run:a", "log", {"size": size})
    wait_for(heard, 2)
    time.sleep(0.06)
    assert heard == [("run:a", "log", 1), ("run:a", "log", 50)]


def test_streams_do_not_wait_for_each_other() -> None:
    heard = Heard()
    pacer = Pacer(heard, 5)
    pacer.note("run:a", "log", {"size": 1})
    pacer.note("run:a", "metrics", {})
    pacer.note("run:b", "log", {"size": 2})
    assert len(heard) == 3


def test_after_a_quiet_while_a_hint_goes_out_at_once_again() -> None:
    heard = Heard()
    pacer = Pacer(heard, 0.02)
    pacer.note("run:a", "log", {"size": 1})
    time.sleep(0.03)
    pacer.note("run:a", "log", {"size": 2})
    assert [size for _, _, size in heard] == [1, 2]


def test_streams_long_quiet_are_forgotten() -> None:
    pacer = Pacer(Heard(), 0)
    for number in range(5_000):
        pacer.note(f"run:{number}", "log", {})
    assert len(pacer._sent_at) < 2_100

"""When a worker calls itself deaf."""

from studio.health.worker import DEAF_AFTER, STUCK_AFTER, Watch


def look(watch: Watch, *, waiting: int = 5, received: int = 7, active: int = 0, now: float) -> bool:
    return watch.is_deaf(waiting=waiting, received=received, active=active, now=now)


def test_a_worker_that_takes_nothing_although_work_waits_is_deaf() -> None:
    watch = Watch(threads=8)
    assert not look(watch, now=0)
    assert not look(watch, now=5)
    assert not look(watch, now=DEAF_AFTER)
    assert look(watch, now=5 + DEAF_AFTER)


def test_one_task_taken_shows_that_it_hears() -> None:
    watch = Watch(threads=8)
    look(watch, now=0)
    look(watch, now=5)
    assert not look(watch, received=8, now=5 + DEAF_AFTER)
    assert not look(watch, received=8, now=6 + DEAF_AFTER)


def test_an_empty_queue_is_no_deafness() -> None:
    watch = Watch(threads=8)
    look(watch, now=0)
    look(watch, now=5)
    assert not look(watch, waiting=0, now=500)
    assert not look(watch, now=505)


def test_a_worker_whose_threads_are_all_busy_gets_longer() -> None:
    watch = Watch(threads=2)
    look(watch, active=2, now=0)
    look(watch, active=2, now=5)
    assert not look(watch, active=2, now=5 + DEAF_AFTER)
    assert look(watch, active=2, now=5 + STUCK_AFTER)

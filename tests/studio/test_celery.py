"""Queueing work while Redis is away: quick, and never an error."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery, Task
from django.conf import settings

from studio.celery import WakeUpTask


@pytest.fixture
def wake_up(tmp_path: Path) -> Iterator[Task]:
    """A task of an application whose broker is a socket that nobody listens on."""
    app = Celery("away", task_cls=WakeUpTask, set_as_current=False)
    app.conf.update({**settings.CELERY, "broker_url": f"redis+socket://{tmp_path}/none.sock"})

    @app.task(name=f"away.{tmp_path.name}")
    def task(number: int) -> None: ...

    WakeUpTask._away_until = 0.0
    yield task
    WakeUpTask._away_until = 0.0


def test_queueing_while_redis_is_away_is_quick_and_raises_nothing(wake_up: Task) -> None:
    began = time.monotonic()
    assert wake_up.delay(1) is None
    assert time.monotonic() - began < 1


def test_after_a_failure_nothing_is_tried_for_a_moment(wake_up: Task) -> None:
    wake_up.delay(1)
    began = time.monotonic()
    for number in range(100):
        wake_up.delay(number)
    assert time.monotonic() - began < 0.1


def test_every_scheduled_task_exists() -> None:
    from studio.celery import app

    app.loader.import_default_modules()
    for name, entry in settings.CELERY["beat_schedule"].items():
        assert entry["task"] in app.tasks, name

"""Wake-ups come twice, at the same time, or not at all: every step begins once all the same, and the run ends."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from runs.pipelines.engine import advancing, lease
from runs.pipelines.models import PipelineRun, Step, StepState
from runs.tracking.models import Run, RunState
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.celery import WakeUpTask
from tests.factories import make_user, make_workspace
from tests.factories.compute import make_target
from tests.factories.pipeline_steps import command, end, pipeline, running, submit

WIDE = pipeline(
    {f"step_{number}": command(f"python {number}.py") for number in range(12)}, settings={"max_concurrency": 6}
)


def with_lease(run: Run) -> None:
    while advancing.advance(run.pk):
        pass


def without(run: Run) -> None:
    """One turn by somebody whose lease ran out while another took it: only the rows stand between them."""
    work = advancing._work(lease.Lease(run.pk, timezone.now(), is_stopped=False))
    if work is not None:
        advancing._turn(work, time.monotonic() + 20)


@pytest.mark.parametrize("go", [with_lease, without])
@pytest.mark.django_db(transaction=True)
def test_two_that_advance_at_the_same_time_begin_no_step_twice(go: Callable[[Run], None]) -> None:
    user = make_user()
    workspace = make_workspace("race", owner=user)
    make_target(workspace, name="local", slots=12)
    run = submit(user, workspace, WIDE)
    begin, problems = threading.Barrier(3), []

    def advance() -> None:
        try:
            begin.wait(20)
            go(run)
        except Exception as error:  # noqa: BLE001  told by the test
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=advance) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    begun = Step.objects.filter(pipeline_run=run.pk, state=StepState.RUNNING)
    assert begun.filter(run__state=RunState.QUEUED, run__job__state="queued", attempt=1).count() == begun.count()
    assert run.children.count() == begun.count()
    assert begun.count() >= 6 if go is without else begun.count() == 6
    with_lease(run)
    assert PipelineRun.objects.get(pk=run.pk).lease_until is None


@pytest.mark.django_db
def test_a_pipeline_goes_on_while_redis_is_away(
    workspace: Workspace, ben: User, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    make_target(workspace, name="local", slots=4)
    hosts = [f"unix://{tmp_path}/none.sock"]
    layer = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": hosts}}
    settings.CHANNEL_LAYERS = {"default": layer}
    monkeypatch.setattr(WakeUpTask, "_away_until", time.monotonic() + 60)  # every message is dropped
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        run = submit(ben, workspace, pipeline({"prep": command(), "train": command("train", after="prep")}))
    for expected in (["prep"], ["train"], []):
        with django_capture_on_commit_callbacks(execute=True):
            for run_id in advancing.tick():
                advancing.advance(run_id)
        assert running(run) == expected
        for path in expected:
            with django_capture_on_commit_callbacks(execute=True):
                end(run, path)
    run.refresh_from_db()
    assert run.state == RunState.COMPLETED
    assert time.monotonic() - began < 20

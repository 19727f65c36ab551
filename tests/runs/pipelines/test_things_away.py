"""Redis, then Docker away: every page of pipelines answers, runs begin, and a step says what it waits for."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from django.test import Client
from django.utils import timezone

from compute.engines import presence
from runs.pipelines.models import PipelineRun, Step, StepState
from runs.schedules import firing
from runs.schedules.models import Firing
from runs.tracking.models import Run, RunState
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.celery import WakeUpTask
from studio.live import publish
from tests.factories.components import make_component
from tests.factories.compute import make_target
from tests.factories.pipeline_steps import advance, command, pipeline, submit
from tests.factories.pipelines import make_pipeline, make_pipeline_endpoint
from tests.factories.schedules import make_schedule
from tests.people import ApiClient

pytestmark = pytest.mark.django_db
LISTS = ["pipelines/", "pipeline-endpoints/", "schedules/", "components/", "runs/?source=pipeline", "schedule-new/"]
THINGS = ["pipelines/{0}/edit/", "pipelines/{0}/versions/", "pipeline-endpoints/score/", "schedules/nightly/"]
OF_A_RUN = ["graph/", "steps/", "times/", "overview/", "graph/?step=hello"]
SECONDS = 20  # where each of two hundred hints waited for Redis it would be minutes


@pytest.fixture
def redis_is_away(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    hosts = [f"unix://{tmp_path}/none.sock"]
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": hosts}}
    }
    channel_layers.backends.clear()
    monkeypatch.setattr(publish, "_rest", publish._Rest())
    monkeypatch.setattr(WakeUpTask, "_away_until", time.monotonic() + 600)  # every message is dropped
    yield
    channel_layers.backends.clear()


@pytest.fixture
def pk(workspace: Workspace, ben: User) -> int:
    """A pipeline that is published and scheduled."""
    make_target(workspace, name="local")
    made = make_pipeline(workspace, kept=True)
    make_pipeline_endpoint(made, "score")
    make_schedule(workspace, actor=ben, version=made.versions.get())
    make_component(workspace)
    return made.pk


def test_all_pages_answer_without_redis(
    redis_is_away: None, pk: int, ben: User, browser: Callable[[User], Client]
) -> None:
    began, client = time.monotonic(), browser(ben)
    run = Run.objects.get(pk=ApiClient(ben).post(f"/api/v1/workspaces/vision/pipelines/{pk}/run", {}).json()["id"])
    advance(run)
    tabs = [f"runs/{run.pk}/{each}" for each in OF_A_RUN]
    for page in (*LISTS, *THINGS, *tabs):
        assert client.get(f"/w/vision/{page.format(pk)}").status_code == 200, page
    assert time.monotonic() - began < SECONDS


def test_a_run_a_call_and_a_firing_begin_without_redis(
    redis_is_away: None, pk: int, ben: User, django_capture_on_commit_callbacks: Callable
) -> None:
    client = ApiClient(ben, base="/api/v1/workspaces/vision/")
    with django_capture_on_commit_callbacks(execute=True):
        by_hand = client.post(f"pipelines/{pk}/run", {})
        called = client.post("pipeline-endpoints/score/runs", {"inputs": {}})
        fired = client.post("schedules/nightly/fire", {})
    assert [each.status_code for each in (by_hand, called, fired)] == [201, 201, 201]
    Firing.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    firing.tick()  # the clock finds what no message told of
    assert set(PipelineRun.objects.values_list("origin", flat=True)) == {"designer", "endpoint", "schedule"}
    for run in Run.objects.filter(source="pipeline"):
        advance(run)
        assert run.children.get().state == RunState.QUEUED


def test_a_step_says_that_it_waits_for_docker(
    workspace: Workspace, ben: User, rita: User, browser: Callable[[User], Client], tmp_path: Path
) -> None:
    address = f"unix://{tmp_path}/docker.sock"
    make_target(workspace, name="containers", kind="docker", settings={"address": address})
    presence.look(address)
    run = submit(ben, workspace, pipeline({"train": command(compute="containers")}))
    advance(run)
    assert Step.objects.get().state == StepState.RUNNING and run.children.get().state == RunState.QUEUED
    page = browser(rita).get(f"/w/vision/runs/{run.pk}/graph/?step=train").content.decode()
    assert "What waits for containers starts when that is over." in page
    assert "does not answer" in page or "can't be reached" in page


def test_a_step_says_that_its_compute_is_paused(
    workspace: Workspace, ben: User, browser: Callable[[User], Client]
) -> None:
    target = make_target(workspace, name="local")
    run = submit(ben, workspace, pipeline({"train": command()}))
    advance(run)
    type(target).objects.update(is_paused=True)
    page = browser(ben).get(f"/w/vision/runs/{run.pk}/graph/?step=train")
    assert b"local is paused: nothing starts there until it is resumed." in page.content

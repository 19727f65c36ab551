import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from registry.mlmodels.services import versions
from runs.schedules import firing, queries, services
from runs.schedules.models import Firing, Schedule
from runs.tracking.models import Run
from studio.access.models import Membership, Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid
from studio.notifications.models import Notification
from tests.factories import make_target, make_user, make_workspace
from tests.factories.data import make_data
from tests.factories.pipelines import make_pipeline
from tests.factories.schedules import JOB, make_schedule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("target")]


@pytest.fixture
def target(db: None) -> None:
    make_target(name="local")


def due_now(schedule: Schedule, *, ago: timedelta = timedelta(minutes=1)) -> Schedule:
    """The schedule with a time that has just come."""
    moment = (timezone.now() - ago).replace(microsecond=0)
    Schedule.objects.filter(pk=schedule.pk).update(next_at=moment)
    return queries.current(schedule)


def test_a_time_that_is_due_starts_one_run_and_the_next_time_is_set(ben: User, workspace: Workspace) -> None:
    schedule = due_now(make_schedule(workspace, actor=ben, inputs={"word": "on ${{event.date}}"}))
    assert firing.tick() == 1 and firing.tick() == 0
    made = Firing.objects.get()
    assert firing.start(made.pk).run == firing.start(made.pk).run
    run = Run.objects.get()
    assert (run.created_by, run.source) == (ben, "schedule")
    assert run.inputs.get(name="word").value == f"on {schedule.next_at:%Y-%m-%d}"
    assert queries.current(schedule).next_at > timezone.now()


def test_after_a_time_away_only_the_latest_time_is_made_up_for(ben: User, workspace: Workspace) -> None:
    schedule = make_schedule(workspace, actor=ben, trigger={"expression": "0 * * * *"})
    now = timezone.now().replace(minute=30)
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = Schedule.objects.filter(pk=schedule.pk)
    rows.update(next_at=hour - timedelta(hours=5), created_at=hour - timedelta(days=1))
    made = firing.fire_due(queries.current(schedule), now)
    assert made is not None and made.due_at == hour
    assert made.inputs == {"passed": 5} and Firing.objects.count() == 1


def test_a_firing_that_was_put_down_and_not_started_is_started_by_the_clock(ben: User, workspace: Workspace) -> None:
    schedule = due_now(make_schedule(workspace, actor=ben))
    firing.tick()
    assert Run.objects.count() == 0  # whoever was to start it died
    firing.tick(timezone.now() + timedelta(seconds=30))
    assert Firing.objects.get(schedule=schedule).run == Run.objects.get()


def test_a_paused_schedule_fires_nothing_but_by_hand_and_goes_on_from_now(ben: User, workspace: Workspace) -> None:
    schedule = services.pause(actor=ben, schedule=make_schedule(workspace, actor=ben))
    assert schedule.next_at is None and firing.tick() == 0
    assert services.fire_now(actor=ben, schedule=schedule).run is not None
    assert services.resume(actor=ben, schedule=schedule).next_at > timezone.now()


def test_a_firing_that_can_not_start_says_why_to_its_owner(ben: User, workspace: Workspace) -> None:
    schedule = make_schedule(workspace, actor=ben, inputs={"word": "${{event.body.x}}"})
    failed = services.fire_now(actor=ben, schedule=schedule)
    assert failed.state == Firing.State.FAILED and "no event.body.x" in failed.problem
    assert "nightly could not start its run" in Notification.objects.get(user=ben).text
    Membership.objects.filter(user=ben).delete()
    assert "may not submit runs here any more" in services.fire_now(actor=None, schedule=schedule).problem
    assert Run.objects.count() == 0


def test_each_missed_time_is_filled_once(ben: User, workspace: Workspace) -> None:
    schedule = make_schedule(workspace, actor=ben)
    since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)
    assert len(services.backfill(actor=ben, schedule=schedule, since=since, until=until)) == 4
    assert services.backfill(actor=ben, schedule=schedule, since=since, until=until) == []
    often = make_schedule(workspace, "often", actor=ben, trigger={"expression": "* * * * *"})
    with pytest.raises(Invalid, match="more than 500 times"):
        services.backfill(actor=ben, schedule=often, since=since, until=until)


def test_new_versions_of_data_and_models_set_off_those_who_wait_for_them(ben: User, workspace: Workspace) -> None:
    given = {"word": "${{event.name}} ${{event.version}}"}
    make_schedule(workspace, "on-cars", actor=ben, kind="data", trigger={"name": "cars"}, inputs=given)
    make_schedule(workspace, "on-any-model", actor=ben, kind="model", trigger={"name": "*"}, inputs=given)
    make_data(workspace, "bikes", actor=ben)
    data = make_data(workspace, "cars", actor=ben)
    versions.register_version(
        actor=ben, workspace=workspace, name="digits", new=versions.NewVersion(source="s3://elsewhere/model")
    )
    made = [firing.start(each.pk) for each in Firing.objects.order_by("pk")]
    words = [each.run.inputs.get(name="word").value for each in made]
    assert words == [f"cars {data.version}", "digits 1"]


def test_a_pipelines_schedule_keeps_to_its_version_and_refuses_a_second_name(ben: User, workspace: Workspace) -> None:
    pipeline = make_pipeline(workspace, kept=True)
    version = pipeline.versions.get()
    schedule = make_schedule(workspace, actor=ben, version=version)
    run = services.fire_now(actor=ben, schedule=schedule).run
    assert run is not None and (run.pipeline_run.version, run.pipeline_run.origin) == (version, "schedule")
    with pytest.raises(Conflict, match="There is a schedule nightly already"):
        make_schedule(workspace, actor=ben)
    with pytest.raises(Invalid, match="A schedule runs one thing"):
        make_schedule(workspace, "both", actor=ben, version=version, document=JOB)


@pytest.mark.django_db(transaction=True)
def test_one_schedule_that_several_clocks_fire_and_start_at_once_makes_one_run() -> None:
    ada = make_user("ada@example.org")
    workspace = make_workspace("vision", owner=ada)
    schedule = due_now(make_schedule(workspace, actor=ada))
    failures: list[Any] = []

    def clock() -> None:
        try:
            firing.fire_due(schedule, timezone.now())
            for each in Firing.objects.values_list("pk", flat=True):
                firing.start(each)
        except Exception as error:  # noqa: BLE001  told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=clock) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert (Firing.objects.count(), Run.objects.count()) == (1, 1)

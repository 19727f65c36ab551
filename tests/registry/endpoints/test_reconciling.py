"""Deployments moved on with real processes: rolled out, replaced, scaled, given up, deleted; whoever does it may die."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from registry.endpoints import reconciling, routing, services, state
from registry.endpoints.deployers.local import LocalDeployer
from registry.endpoints.models import Deployment, DeploymentEvent, DeploymentRevision, Endpoint, Instance, TrafficMinute
from registry.endpoints.reconciling import ticking
from studio.access.models import Workspace
from studio.activity.models import Activity
from tests.contracts.deployer import score
from tests.factories.endpoints import make_code, make_deployment, make_endpoint

pytestmark = pytest.mark.django_db
SECONDS = 40
QUICK = {"period": 1, "timeout": 2, "failure_threshold": 2}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DEPLOYMENTS_DIR = tmp_path / "deployments"
    yield
    deployer = LocalDeployer()
    for place in (tmp_path / "deployments").glob("*/instances/*/process.json"):
        deployer.stop(json.loads(place.read_bytes()), grace=timedelta(0))


@pytest.fixture
def endpoint(workspace: Workspace) -> Endpoint:
    return make_endpoint(workspace)


def deploy(endpoint: Endpoint, text: str = "", name: str = "blue", **asked: Any) -> Deployment:
    """A script that answers with `text`."""
    code = make_code(
        endpoint.workspace, {"score.py": f"def init():\n    pass\n\ndef run(data):\n    return {text!r}\n"}
    )
    given = {"code": code.sha256, "scoring_script": "score.py", "request_settings": {"request_timeout_ms": 100}}
    return make_deployment(endpoint, name, is_live=False, **{**given, **asked})


def until(deployment: Deployment, fits: Callable[[Deployment], Any]) -> Deployment:
    """Look at the deployment again and again until it is so."""
    end = time.monotonic() + SECONDS
    while True:
        reconciling.move_on(deployment.pk)
        found = Deployment.objects.filter(pk=deployment.pk).select_related("current", "wanted").first()
        if found is None or fits(found):
            return found or deployment
        said = list(DeploymentEvent.objects.filter(deployment=deployment).values_list("kind", "detail")[:5])
        assert time.monotonic() < end, (found.state, found.problem, said)
        time.sleep(0.05)


def succeeded(deployment: Deployment) -> bool:
    return deployment.state == "Succeeded" and deployment.wanted_id is None


def alive(deployment: Deployment) -> list[Instance]:
    return list(Instance.objects.filter(revision__deployment=deployment, state__in=Instance.ALIVE).order_by("pk"))


def addresses(deployment: Deployment) -> list[str]:
    """As the gateway is told."""
    name = f"{deployment.endpoint.workspace.slug}/{deployment.endpoint.name}"
    said = routing.table()["endpoints"][name]["deployments"].get(deployment.name, {"instances": []})
    return [each["address"] for each in said["instances"]]


def test_a_new_revision_answers_before_the_old_one_goes(endpoint: Endpoint) -> None:
    made = until(deploy(endpoint, "one", instance_count=2, all_traffic=True), succeeded)
    assert [score(each, {}) for each in addresses(made)] == ["one", "one"]
    endpoint.refresh_from_db()
    assert endpoint.traffic == {"blue": 100}
    assert Activity.objects.get(subject=made.subject).state == "succeeded"
    before, generation = set(addresses(made)), endpoint.generation
    deploy(endpoint, "two")

    def answers_all_the_time(found: Deployment) -> bool:
        now = addresses(found)
        assert now, "nobody answers"
        return succeeded(found) and not before & set(now)

    made = until(made, answers_all_the_time)
    assert [score(each, {}) for each in addresses(made)] == ["two", "two"]
    endpoint.refresh_from_db()
    assert endpoint.generation > generation
    until(made, lambda found: len(alive(found)) == 2)
    numbers = dict(DeploymentRevision.objects.values_list("number", "state"))
    assert numbers == {1: "retired", 2: "live"}


def test_a_revision_that_fails_says_where_and_the_old_one_stays(endpoint: Endpoint) -> None:
    made = until(deploy(endpoint, "one"), succeeded)
    broken = make_code(endpoint.workspace, {"score.py": "import json\nimport foo_that_is_not_there\n"})
    deploy(endpoint, code=broken.sha256)
    made = until(made, lambda found: found.state == "Failed")
    assert "score.py line 2" in made.problem
    assert "No module named 'foo_that_is_not_there'" in made.problem
    assert "Revision 1 stays." in made.problem
    assert (made.current.number, made.wanted) == (1, None)  # type: ignore[union-attr]
    assert score(addresses(made)[0], {}) == "one"
    assert Activity.objects.filter(subject=made.subject, state="failed").count() == 1
    until(made, lambda found: len(alive(found)) == 1)
    deploy(endpoint, "three")
    assert until(made, succeeded).current.number == 3  # type: ignore[union-attr]


def test_a_killed_instance_is_replaced_in_its_slot(endpoint: Endpoint) -> None:
    made = until(deploy(endpoint, "one", liveness_probe=QUICK, readiness_probe=QUICK), succeeded)
    first = alive(made)[0]
    assert first.ref is not None
    os.kill(json.loads((Path(first.ref["folder"]) / "state.json").read_bytes())["pid"], signal.SIGKILL)
    until(made, lambda found: bool(addresses(found)) and alive(found)[0].pk != first.pk)
    second = alive(made)[0]
    assert (second.slot, second.attempt) == (0, 2)
    assert score(second.address, {}) == "one"
    first.refresh_from_db()
    assert (first.state, bool(first.problem)) == ("failed", True)
    assert DeploymentEvent.objects.filter(deployment=made, kind="BackOff").exists()


def test_an_instance_that_hangs_is_started_again(endpoint: Endpoint) -> None:
    made = until(deploy(endpoint, "one", liveness_probe=QUICK | {"timeout": 1}, readiness_probe=QUICK), succeeded)
    first = alive(made)[0]
    assert first.ref is not None
    pid = json.loads((Path(first.ref["folder"]) / "state.json").read_bytes())["pid"]
    for process in (pid, *_children(pid)):
        os.kill(process, signal.SIGSTOP)
    until(made, lambda found: bool(addresses(found)) and alive(found)[0].pk != first.pk)
    assert DeploymentEvent.objects.filter(deployment=made, kind="LivenessProbeFailed").exists()


def test_starts_that_fail_again_and_again_pause_longer(endpoint: Endpoint) -> None:
    made = until(deploy(endpoint, "one"), succeeded)
    revision, now = made.current, timezone.now()
    assert revision is not None
    for instance in alive(made):
        LocalDeployer().stop(instance.ref or {}, grace=timedelta(0))
    Instance.objects.all().delete()
    for attempt in range(1, 5):
        Instance.objects.create(
            revision=revision, slot=0, attempt=attempt, state="failed", started_at=now, ended_at=now, problem="No luck."
        )
    reconciling.move_on(made.pk)
    made.refresh_from_db()
    assert not alive(made)
    assert made.problem.startswith("Instance 0: No luck. It is started again in ")
    Instance.objects.update(started_at=now - timedelta(seconds=20), ended_at=now - timedelta(seconds=20))
    assert until(made, lambda found: bool(addresses(found))).problem == ""


def test_a_ticker_that_died_midway_is_taken_over(endpoint: Endpoint) -> None:
    made = deploy(endpoint, "one")
    revision = made.wanted
    assert revision is not None
    # Died after it had written down the instance, before it could start it or give back its lease.
    for step in (DeploymentRevision.State.PREPARING, DeploymentRevision.State.ROLLING):
        state.move_revision(revision, to=step)
    lost = Instance.objects.create(revision=revision, slot=0)
    Deployment.objects.filter(pk=made.pk).update(
        lease_holder="somebody", lease_until=timezone.now() + timedelta(seconds=30)
    )
    reconciling.move_on(made.pk)
    lost.refresh_from_db()
    assert lost.ref is None
    Deployment.objects.filter(pk=made.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    DeploymentRevision.objects.filter(pk=revision.pk).update(state="preparing")
    made = until(made, succeeded)
    assert [each.pk for each in alive(made)] == [lost.pk]


def test_scaling_by_hand_fills_and_drains_slots(endpoint: Endpoint) -> None:
    made = until(deploy(endpoint, "one"), succeeded)
    services.scale(actor=None, deployment=made, count=2)
    made = until(made, succeeded)
    assert len(addresses(made)) == 2
    services.scale(actor=None, deployment=made, count=1)
    made = until(made, lambda found: len(addresses(found)) == 1)
    # Out of the table first; the process goes when it has had time to finish what it had.
    assert Instance.objects.filter(state="draining").count() == 1
    made = until(made, lambda found: len(alive(found)) == 1)


def test_a_rule_follows_what_is_asked_down_to_zero_and_back(endpoint: Endpoint) -> None:
    rule = {"type": "target_concurrency", "target": 2, "min": 0, "max": 3, "idle_seconds": 10}
    made = until(deploy(endpoint, "one", scale_settings=rule, instance_count=1), lambda found: found.current_id)
    minute = timezone.now().replace(second=0, microsecond=0)
    row = TrafficMinute.objects.create(deployment=made, minute=minute, gateway="g", requests=9, concurrency=5.5)
    made = until(made, lambda found: found.instance_count == 3)
    row.delete()
    made = until(made, lambda found: found.instance_count == 0)
    made = until(made, lambda found: not addresses(found))
    assert made.state == "Succeeded"
    Deployment.objects.filter(pk=made.pk).update(asked_at=timezone.now())
    until(made, lambda found: found.instance_count == 1 and addresses(found))


def test_deleting_ends_what_runs_and_then_the_rows(endpoint: Endpoint, settings: Any) -> None:
    made = until(deploy(endpoint, "one", all_traffic=True), succeeded)
    ref = alive(made)[0].ref
    assert ref is not None
    services.delete_endpoint(actor=None, endpoint=endpoint)
    until(made, lambda found: False)
    assert not Deployment.objects.exists()
    assert not Endpoint.objects.filter(pk=endpoint.pk).exists()
    assert not LocalDeployer().look(ref).alive
    assert not list(Path(settings.DEPLOYMENTS_DIR).glob("*/instances/*"))


def test_what_runs_and_belongs_to_nobody_is_ended(endpoint: Endpoint) -> None:
    made = until(deploy(endpoint, "one"), succeeded)
    instance = alive(made)[0]
    state.move_instance(instance, to="failed")
    assert ticking.end_strays() >= 1
    assert not LocalDeployer().look(instance.ref or {}).alive


def test_a_place_that_is_away_is_said_and_waited_for(endpoint: Endpoint, monkeypatch: Any) -> None:
    made = deploy(endpoint, "one")
    monkeypatch.setattr(LocalDeployer, "why_not_ready", lambda self: "The Docker engine does not answer.")
    reconciling.move_on(made.pk)
    reconciling.move_on(made.pk)
    made.refresh_from_db()
    assert (made.problem, made.state) == ("The Docker engine does not answer.", "Creating")
    assert DeploymentEvent.objects.filter(deployment=made, kind="Waiting").count() == 1
    monkeypatch.undo()
    assert until(made, succeeded).problem == ""


def _children(pid: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(pid).children(recursive=True)]

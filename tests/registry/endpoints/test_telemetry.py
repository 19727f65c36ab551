"""What gateways count, stored once however often it comes, and put together as curves."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from registry.endpoints import histogram, said_lists, telemetry
from registry.endpoints.models import Deployment, TrafficMinute
from registry.endpoints.reconciling import wishes
from registry.endpoints.telemetry import storing
from studio.access.models import Workspace
from tests.factories.endpoints import make_deployment, make_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def blue(workspace: Workspace) -> Deployment:
    return make_deployment(make_endpoint(workspace))


def minute(deployment: Deployment, requests: int, *, age: int = 0, ms: float = 10.0, **facts: Any) -> dict[str, Any]:
    at = timezone.now() - timedelta(minutes=age)
    return {
        "gateway": "g1", "deployment": deployment.pk, "minute": int(at.timestamp()), "requests": requests,
        "durations": {str(histogram.bucket(ms)): requests}, **facts,
    }  # fmt: skip


def test_a_minute_that_comes_again_replaces_the_earlier_and_never_the_later(blue: Deployment) -> None:
    said = minute(blue, 5)
    assert storing.store([said, {**said, "requests": 9}, {**said, "requests": 7}]) == 2
    assert TrafficMinute.objects.get().requests == 9
    assert storing.store([{**said, "gateway": "g2", "requests": 1}]) == 1
    assert TrafficMinute.objects.count() == 2


def test_a_request_is_remembered_for_scaling_to_zero(blue: Deployment) -> None:
    storing.store([minute(blue, 0, mirrored=3)])
    blue.refresh_from_db()
    assert blue.asked_at is None
    storing.store([minute(blue, 1, mirrored=3)])
    blue.refresh_from_db()
    assert blue.asked_at is not None
    before = blue.asked_at
    wishes.note_asked(blue.pk, before - timedelta(hours=1))
    blue.refresh_from_db()
    assert blue.asked_at == before


@pytest.mark.parametrize(
    "said",
    [
        {}, {"deployment": "x", "minute": 1}, {"deployment": 1, "minute": "x"}, {"deployment": 10**9, "minute": 1},
        {"deployment": 1, "minute": 1e300}, {"deployment": 1, "minute": 1, "durations": {"a": 1}},
        {"deployment": 1, "minute": 1, "requests": None}, {"deployment": 2**80, "minute": 1},
    ],
)  # fmt: skip
def test_what_no_gateway_says_is_left_out(blue: Deployment, said: dict[str, Any]) -> None:
    if said.get("deployment") == 1:
        said = {**said, "deployment": blue.pk}
    assert storing.store([said]) == 0


def test_curves_have_a_point_for_each_step_and_right_quantiles(blue: Deployment) -> None:
    slow = {str(histogram.bucket(10)): 90, str(histogram.bucket(200)): 10}
    storing.store([minute(blue, 100, age=1, durations=slow, server_errors=2, client_errors=3)])
    until = timezone.now()
    points = telemetry.series([blue], until - timedelta(minutes=10), until, timedelta(minutes=1))[blue.pk]
    assert len(points) in (10, 11)
    busy = [point for point in points if point.requests]
    assert [(point.requests, point.server_errors, point.client_errors) for point in busy] == [(100, 2, 3)]
    assert busy[0].p50_ms == pytest.approx(10, rel=0.05)
    assert busy[0].p95_ms == pytest.approx(200, rel=0.05)
    assert points[0].p50_ms is None
    figures = telemetry.figures(blue.endpoint)[blue.pk]
    assert (figures.requests, figures.per_minute, figures.error_share) == (100, 20.0, 0.05)


def test_a_long_time_is_drawn_with_fewer_points(blue: Deployment) -> None:
    until = datetime(2026, 5, 1, tzinfo=UTC)
    points = telemetry.series([blue], until - timedelta(days=30), until, timedelta(minutes=1))[blue.pk]
    assert len(points) <= 2_161


def test_old_minutes_are_forgotten(blue: Deployment, settings: Any) -> None:
    settings.TRAFFIC_DAYS = 1
    storing.store([minute(blue, 1), minute(blue, 1, age=2 * 24 * 60)])
    assert telemetry.forget_old() == 1
    assert TrafficMinute.objects.count() == 1


def test_nothing_is_taken_while_redis_is_away(settings: Any, blue: Deployment) -> None:
    settings.REDIS_CACHE_URL = "redis://127.0.0.1:1/0"
    assert telemetry.collect() == 0
    wishes.take()
    said_lists.give_back(said_lists.WISHES, [json.loads("{}")])

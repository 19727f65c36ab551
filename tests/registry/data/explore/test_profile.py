"""Profiles: made column by column, taken up again, tried again; and what they hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from registry.data.assets.models import DataVersion
from registry.data.explore import engine, services, state
from registry.data.explore.models import DataProfile
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from tests.factories.data import make_data

pytestmark = pytest.mark.django_db
LINES = "".join(
    f"{n},{n % 5},{n / 2},{'Oslo' if n % 4 else 'Rome'},2024-01-{n % 28 + 1:02d},{'' if n % 10 == 0 else n}\n"
    for n in range(1000)
)
CARS = f"id,stars,price,city,sold,miles\n{LINES}".encode()


def made(version: DataVersion) -> DataProfile:
    profile = services.start_profile(actor=None, version=version)
    while engine.step(profile.pk):
        pass
    profile.refresh_from_db()
    return profile


def by_name(profile: DataProfile) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in profile.columns}


def test_a_profile_tells_what_is_in_each_column(workspace: Workspace, ben: User) -> None:
    profile = made(make_data(workspace, "cars", {"cars.csv": CARS}, actor=ben))
    assert (profile.state, profile.row_count, profile.problem) == ("ready", 1000, "")
    columns = by_name(profile)
    price = columns["price"]
    assert (price["min"], price["max"], price["mean"], price["missing"]) == (0, 499.5, 249.75, 0)
    assert price["quantiles"][50] == 249.75
    assert sum(price["histogram"]["counts"]) == 1000
    assert (columns["miles"]["missing"], columns["miles"]["count"]) == (100, 900)
    assert columns["stars"]["top"][0]["count"] == 200
    assert columns["stars"]["histogram"]["edges"] == [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5]
    assert columns["city"]["distinct"] == 2
    assert columns["city"]["top"] == [{"value": "Oslo", "count": 750}, {"value": "Rome", "count": 250}]
    assert columns["city"]["lengths"] == {"min": 4, "mean": 4, "max": 4}
    assert (columns["sold"]["min"], columns["sold"]["max"]) == ("2024-01-01", "2024-01-28")


def test_correlations_are_those_of_the_numbers(workspace: Workspace) -> None:
    found = made(make_data(workspace, "cars", {"cars.csv": CARS})).correlations
    assert found is not None
    assert found["columns"] == ["id", "stars", "price", "miles"]
    assert found["values"][0][2] == 1.0
    assert found["values"][0][1] == pytest.approx(0.0, abs=0.01)
    assert not found["is_sample"]


def test_each_step_goes_on_where_the_last_one_ended(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "STEP_SECONDS", 0)
    monkeypatch.setattr(engine, "MOST_AT_ONCE", 2)
    profile = services.start_profile(actor=None, version=make_data(workspace, "cars", {"cars.csv": CARS}))
    done = []
    while engine.step(profile.pk):
        profile.refresh_from_db()
        done.append(sum(engine.is_done(column) for column in profile.columns))
    profile.refresh_from_db()
    assert done == [2, 4, 6]
    assert profile.state == "ready"


def test_nobody_works_at_a_profile_that_another_worker_holds(workspace: Workspace) -> None:
    profile = services.start_profile(actor=None, version=make_data(workspace))
    assert state.claim(profile.pk) is not None
    assert state.claim(profile.pk) is None
    assert not engine.step(profile.pk)
    assert profile.pk not in state.open_ids()
    DataProfile.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert state.open_ids() == [profile.pk]
    assert not engine.step(profile.pk)
    profile.refresh_from_db()
    assert profile.state == "ready"


def test_a_worker_that_was_thought_dead_writes_nothing(workspace: Workspace) -> None:
    profile = services.start_profile(actor=None, version=make_data(workspace))
    late = state.claim(profile.pk)
    assert late is not None
    DataProfile.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert state.claim(profile.pk) is not None
    with pytest.raises(Conflict):
        state.keep(late, columns=[])


def test_files_that_are_no_table_fail_with_a_sentence_and_can_be_tried_again(workspace: Workspace) -> None:
    version = make_data(workspace, "pets", {"cat.png": b"\x89PNG"})
    profile = made(version)
    assert profile.state == "failed"
    assert profile.problem.startswith("These files are no table")
    assert services.start_profile(actor=None, version=version).state == "queued"


def test_asking_twice_makes_one_profile(workspace: Workspace) -> None:
    version = make_data(workspace)
    first = made(version)
    again = services.start_profile(actor=None, version=version)
    assert (again.pk, again.state) == (first.pk, "ready")


def test_a_version_that_is_not_read_yet_has_no_profile(workspace: Workspace) -> None:
    version = make_data(workspace)
    DataVersion.objects.filter(pk=version.pk).update(state="pending")
    version.refresh_from_db()
    with pytest.raises(Conflict, match="still being read"):
        services.start_profile(actor=None, version=version)

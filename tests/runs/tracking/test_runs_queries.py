"""Runs as lists show them."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from runs.tracking.metrics import services as metrics
from runs.tracking.metrics.columns import from_points
from runs.tracking.models import Run
from runs.tracking.queries import found
from runs.tracking.queries.runs import RunFilters, run_detail, run_rows
from runs.tracking.services import records
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid
from tests.factories import make_experiment, make_run
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"


def log(run: Run, actor: User, **values: float) -> None:
    points = [{"key": key, "step": 0, "time_ms": 0, "value": value} for key, value in values.items()]
    metrics.ingest(actor=actor, run=run, writer="w", seq=0, columns=from_points(points))


def names(workspace: Workspace, **filters: Any) -> list[str]:
    return [row.run.name for row in found.rows(workspace, RunFilters(**filters)).rows]


def test_the_last_min_and_max_of_200_runs_with_20_metrics_take_at_most_six_queries(
    workspace: Workspace, ben: User
) -> None:
    experiment = make_experiment(workspace, "big")
    for number in range(200):
        run = make_run(workspace, experiment=experiment, name=f"r{number}", state="running", created_by=ben)
        if number % 20 == 0:
            log(run, ben, **{f"m{key}": float(key) for key in range(20)})
            records.log_params(actor=ben, run=run, params={"lr": number})
    with CaptureQueriesContext(connection) as queries:
        page = run_rows(workspace, RunFilters(limit=200))
        shown = [
            (row.run.experiment.path, row.run.created_by, row.run.job, row.params, row.metrics, row.run.snapshot)
            for row in page.rows
        ]
    assert len(shown) == 200
    assert len(queries) <= 6
    assert page.rows[-1].metrics["m3"].last == 3.0
    assert page.rows[-1].metrics["m3"].max == 3.0


@pytest.mark.parametrize("sort", ["-created", "created", "name", "-state", "duration"])
def test_paging_meets_every_run_once_in_either_direction(workspace: Workspace, ben: User, sort: str) -> None:
    experiment = make_experiment(workspace, "a")
    moment = timezone.now()
    for number in range(9):
        run = make_run(
            workspace,
            experiment=experiment,
            name=f"run-{number % 4}",
            state="completed" if number % 2 else "failed",
            started_at=moment,
            ended_at=moment + timedelta(seconds=number % 3) if number % 3 else None,
        )
        if number % 3:
            records.log_params(actor=ben, run=run, params={"lr": 10 ** (number % 3)})
    for run in Run.objects.filter(state="failed")[:3]:
        Run.objects.filter(pk=run.pk).update(state="running")
        run.refresh_from_db()
        log(run, ben, loss=math.inf if run.name == "run-0" else 0.5)
    seen: list[str] = []
    page = run_rows(workspace, RunFilters(sort=sort, limit=2))
    backwards: list[str] = []
    while True:
        seen += [row.run.pk for row in page.rows]
        if not page.next_cursor:
            break
        page = run_rows(workspace, RunFilters(sort=sort, limit=2, cursor=page.next_cursor))
    while page.previous_cursor:
        page = run_rows(workspace, RunFilters(sort=sort, limit=2, cursor=page.previous_cursor))
        backwards = [row.run.pk for row in page.rows] + backwards
    assert len(seen) == len(set(seen)) == 9
    assert backwards == seen[: len(backwards)]
    assert len(backwards) >= 7


def test_sorting_by_a_metric_puts_runs_without_it_last_in_either_direction(workspace: Workspace, ben: User) -> None:
    for name, value in (("low", 0.1), ("high", 0.9), ("none", None), ("nan", math.nan)):
        run = make_run(workspace, name=name, state="running")
        if value is not None:
            log(run, ben, acc=value)
    assert names(workspace, sort="metric:acc")[:2] == ["low", "high"]
    assert names(workspace, sort="-metric:acc")[:2] == ["high", "low"]
    assert set(names(workspace, sort="-metric:acc")[2:]) == {"none", "nan"}


def test_sorting_by_best_follows_the_goal(workspace: Workspace, ben: User) -> None:
    for name, values in (("a", (0.2, 0.9)), ("b", (0.5, 0.6))):
        run = make_run(workspace, name=name, state="running")
        points = [{"key": "val.acc", "step": i, "time_ms": i, "value": value} for i, value in enumerate(values)]
        metrics.ingest(actor=ben, run=run, writer="w", seq=0, columns=from_points(points), goals={"val.acc": "max"})
    assert names(workspace, sort="-metric:val.acc.best") == ["a", "b"]
    assert names(workspace, sort="-metric:val.acc.min") == ["b", "a"]


def test_parameters_are_sorted_as_numbers_when_they_are(workspace: Workspace, ben: User) -> None:
    for value in ("10", "9", "0.5", "1e-3", "text", "1e999", "\u0663"):
        records.log_params(actor=ben, run=make_run(workspace, name=value), params={"lr": value})
    assert names(workspace, sort="param:lr")[:4] == ["1e-3", "0.5", "9", "10"]


def test_an_experiment_includes_its_sub_paths_and_no_look_alike(workspace: Workspace) -> None:
    for path in ("vision", "vision/digits", "vision2", "other"):
        make_run(workspace, experiment=make_experiment(workspace, path), name=path)
    assert set(names(workspace, experiment="vision")) == {"vision", "vision/digits"}


def test_words_are_found_in_name_id_tags_and_parameters(workspace: Workspace, ben: User) -> None:
    run = make_run(workspace, name="brisk-otter-42")
    other = make_run(workspace, name="calm-heron-7")
    records.set_tags(actor=ben, run=run, tags={"team": "blue"})
    records.log_params(actor=ben, run=run, params={"model": "resnet"})
    for text in ("otter", "OTTER", "blue", "resnet", "otter blue", run.pk[:6], "brisk"):
        assert names(workspace, text=text) == ["brisk-otter-42"], text
    assert names(workspace, text="otter heron") == []
    assert names(workspace, text="%") == []
    assert other.name in names(workspace)


def test_tags_parents_people_and_states_filter(people: People) -> None:
    workspace = people.workspace
    parent = make_run(workspace, name="parent", created_by=people.ada, state="running")
    child = make_run(workspace, name="child", parent=parent, created_by=people.ben, state="failed")
    records.set_tags(actor=people.ben, run=child, tags={"stage": "a:b"})
    assert names(workspace, tags=("stage:a:b",)) == ["child"]
    assert names(workspace, tags=("stage",)) == ["child"]
    assert names(workspace, tags=("stage:a",)) == []
    assert names(workspace, parent=parent.pk) == ["child"]
    assert names(workspace, parent="none") == ["parent"]
    assert names(workspace, created_by="BEN@example.org") == ["child"]
    assert names(workspace, created_by=str(people.ada.pk)) == ["parent"]
    assert names(workspace, states=("live",)) == ["parent"]
    assert names(workspace, states=("failed", "completed")) == ["child"]
    with pytest.raises(Invalid):
        names(workspace, states=("done",))


def test_archived_runs_and_runs_of_archived_experiments_are_hidden(workspace: Workspace) -> None:
    make_run(workspace, name="kept")
    make_run(workspace, name="archived", is_archived=True)
    make_run(workspace, name="inside", experiment=make_experiment(workspace, "old", is_archived=True))
    assert names(workspace) == ["kept"]
    assert names(workspace, is_archived=True) == ["archived"]
    assert set(names(workspace, is_archived=None)) == {"kept", "archived", "inside"}
    assert names(workspace, experiment="old") == ["inside"]


def test_the_detail_names_ancestors_and_counts_children(workspace: Workspace) -> None:
    top = make_run(workspace, name="top")
    middle = make_run(workspace, name="middle", parent=top)
    low = make_run(workspace, name="low", parent=middle)
    assert [run.name for run in run_detail(low).ancestors] == ["top", "middle"]
    assert run_detail(top).child_count == 1


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("limit=99999999999999999999999", id="A90-limit"),
        pytest.param("limit=0", id="A90-zero"),
        pytest.param("limit=-1", id="A90-negative"),
        pytest.param("limit=\u0663", id="A90-digits"),
        pytest.param("limit=true", id="A90-true"),
        pytest.param("cursor=abc", id="A90-cursor"),
        pytest.param("state=abc", id="A91-state"),
        pytest.param("archived=perhaps", id="A91-archived"),
        pytest.param("parent=../x", id="A91-parent"),
        pytest.param("q=" + "+".join(["a"] * 1500), id="A92-terms"),
        pytest.param("&".join(["tag=a"] * 21), id="A92-tags"),
        pytest.param("q=a%00b", id="A86-nul"),
        pytest.param("experiment=%00", id="A86-path"),
        pytest.param("sort=password", id="A74-order"),
        pytest.param("sort=created_by__password", id="A74-join"),
        pytest.param("sort='", id="A74-quote"),
        pytest.param("sort=metric:", id="A74-empty"),
    ],
)
def test_a_bad_query_is_refused_with_its_parameter(
    api: Callable[..., ApiClient], ben: User, people: People, query: str
) -> None:
    response = api(ben, base=BASE).get(f"runs?{query}")
    assert response.status_code == 400, response.content
    assert response.json()["errors"] or response.json()["code"] == "bad_cursor"


@pytest.mark.parametrize("key", ["a'b", 'a"b', "a__b", 'a") FROM x --', "a.b.c", "%s", "日本"])
def test_A72_A73_odd_keys_are_data_and_nothing_else(
    api: Callable[..., ApiClient], ben: User, workspace: Workspace, key: str
) -> None:
    from urllib.parse import quote

    for name, value in (("one", 1), ("two", 2)):
        run = make_run(workspace, name=name, state="running")
        records.log_params(actor=ben, run=run, params={key: value})
        log(run, ben, **{key: float(value)})
    client = api(ben, base=BASE)
    for kind in ("param", "metric"):
        rows = client.get(f"runs?sort=-{kind}:{quote(key)}").json()["results"]
        assert [row["name"] for row in rows] == ["two", "one"]
        assert rows[0]["params"] == {key: "2"}


def test_A75_unknown_parameters_change_nothing(api: Callable[..., ApiClient], ben: User, workspace: Workspace) -> None:
    make_run(workspace, name="one")
    rows = api(ben, base=BASE).get("runs?created_by__password__startswith=p&_connector=OR").json()["results"]
    assert [row["name"] for row in rows] == ["one"]


def test_A89_what_is_not_finite_travels_as_text(api: Callable[..., ApiClient], ben: User, workspace: Workspace) -> None:
    run = make_run(workspace, state="running")
    log(run, ben, loss=math.nan, gain=-math.inf)
    response = api(ben, base=BASE).get("runs")
    metrics_shown = response.json()["results"][0]["metrics"]
    assert metrics_shown["loss"]["last"] == "NaN"
    assert metrics_shown["gain"]["last"] == "-Infinity"
    assert b"NaN," not in response.content


def test_A05_nothing_of_another_workspace_is_listed_or_compared(api: Callable[..., ApiClient], people: People) -> None:
    own = make_run(people.workspace, name="ours")
    foreign = make_run(people.elsewhere, name="theirs")
    client = api(people.ben, base=BASE)
    assert [row["name"] for row in client.get("runs?q=theirs").json()["results"]] == []
    assert client.get(f"runs/compare?ids={own.pk},{foreign.pk}").status_code == 404
    assert client.get(f"runs/{foreign.pk}").status_code == 404
    assert client.get(f"runs?parent={foreign.pk}").json()["results"] == []

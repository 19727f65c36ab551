"""Orders, and paging through them."""

import itertools
import random

import pytest

from runs.tracking import search
from runs.tracking.search import finding
from runs.tracking.services import records, reported
from studio.accounts.models import User
from studio.errors import Invalid
from studio.search import SearchError
from tests.runs.search.conftest import FindNames, Make


@pytest.fixture(params=["few", "many"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to sort by a metric: all runs of a small experiment, or by the metric's index."""
    monkeypatch.setattr(finding, "FEW", 1_000 if request.param == "few" else 0)


def test_the_newest_come_first_without_an_order(found: FindNames, make: Make) -> None:
    for name in "abc":
        make(name)
    assert found() == ["c", "b", "a"]


@pytest.mark.usefixtures("size")
def test_by_metric_what_is_no_number_and_what_is_missing_come_last_both_ways(found: FindNames, make: Make) -> None:
    values = {"inf": float("inf"), "-inf": float("-inf"), "-1000": -1000.0, "0": 0.0, "1000": 1000.0, "nan": None}
    for name, value in values.items():
        make(name, metrics={"x": value})
    make("none")
    assert found(order="metrics.x ASC") == ["-inf", "-1000", "0", "1000", "inf", "nan", "none"]
    assert found(order=["metrics.x desc"]) == ["inf", "1000", "0", "-1000", "-inf", "nan", "none"]


@pytest.mark.usefixtures("size")
def test_ties_go_to_the_later_start_then_to_the_id(found: FindNames, make: Make) -> None:
    first, second = make("one", metrics={"x": 1}), make("two", metrics={"x": 1})
    make("three", metrics={"x": 1}, started_at=second.started_at)
    twins = ["two", "three"] if second.pk < first.__class__.objects.get(name="three").pk else ["three", "two"]
    assert found(order="metrics.x") == found(order="metrics.x DESC") == [*twins, "one"]


def test_parameters_sort_as_numbers_then_as_texts(found: FindNames, make: Make) -> None:
    for name in ("128", "16", "1e1", "adam", "Zeta"):
        make(name, params={"p": name})
    make("none")
    assert found(order="params.p") == ["1e1", "16", "128", "Zeta", "adam", "none"]
    assert found(order="params.p DESC") == ["128", "16", "1e1", "adam", "Zeta", "none"]


def test_attributes_and_several_keys_sort(found: FindNames, make: Make) -> None:
    make("b", state="failed", tags={"t": "1"})
    make("a", state="failed")
    make("c", state="completed", tags={"t": "2"})
    assert found(order="status, name") == ["a", "b", "c"]
    assert found(order="status DESC, run_name DESC") == ["c", "b", "a"]
    assert found(order="tags.t DESC") == ["c", "b", "a"]
    assert found(order="start_time") == ["b", "a", "c"]
    assert found(order="-start_time") == ["c", "a", "b"]
    for each in (
        "duration",
        "end_time",
        "experiment",
        "parent",
        "user",
        "metrics.nowhere",
        "artifact_uri",
        "external_id",
    ):
        assert len(found(order=each)) == 3


ORDERS = ["", "metrics.x", "metrics.x DESC", "metrics.x.max, params.p DESC", "params.p", "end_time DESC, name",
          "status, metrics.x DESC", "tags.mlflow.runName", "duration"]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.usefixtures("size")
def test_pages_together_are_the_whole_order(workspace, experiment, make: Make, order: str) -> None:
    chance = random.Random(7)
    for number in range(23):
        metrics = chance.choice([{}, {"x": None}, {"x": {"last": chance.randint(0, 3), "max": chance.randint(0, 2)}}])
        params = chance.choice([{}, {"p": str(chance.randint(1, 3))}, {"p": "text"}])
        run = make(f"run {number % 5}", metrics=metrics, params=params, state=chance.choice(["failed", "running"]))
        if number % 3:
            run.ended_at = run.started_at
            run.save(update_fields=["ended_at"])
    query = search.Query(experiments=[experiment.pk], order=order)
    whole = search.ordered_ids(workspace, query)
    assert len(set(whole)) == 23
    paged, token = [], ""
    for _ in itertools.count():
        page = search.find(workspace, search.Query(experiments=[experiment.pk], order=order, limit=4, token=token))
        paged += page.ids
        token = page.next_token
        if not token:
            break
        assert len(page.ids) == 4
    assert paged == whole


def test_the_last_page_has_no_token(workspace, make: Make) -> None:
    for name in "abcd":
        make(name)
    assert search.find(workspace, search.Query(limit=4)).next_token == ""
    page = search.find(workspace, search.Query(limit=2))
    assert search.find(workspace, search.Query(limit=2, token=page.next_token)).next_token == ""


def test_a_token_serves_only_the_question_it_came_from(workspace, make: Make) -> None:
    for name in "abc":
        make(name)
    token = search.find(workspace, search.Query(limit=1)).next_token
    for query in (
        search.Query(limit=1, order="name", token=token),
        search.Query(limit=1, filter="name != 'x'", token=token),
        search.Query(limit=1, token=token[:-2] + "xx"),
        search.Query(limit=1, token="x" * 30_000),
        search.Query(limit=1, token="bm90IG91cnM="),
    ):
        with pytest.raises(Invalid) as caught:
            search.find(workspace, query)
        assert caught.value.code == "bad_cursor"


@pytest.mark.parametrize("order", ["acc", "m.x", "attribute.start", "metrics.x ACS", "datasets.name"])
def test_wrong_orders_are_told(found: FindNames, order: str) -> None:
    with pytest.raises(SearchError):
        found(order=order)


@pytest.mark.usefixtures("size")
@pytest.mark.parametrize("family", ["params", "tags"])
def test_entries_sort_alike_by_index_and_whole(found: FindNames, make: Make, family: str) -> None:
    long = "a" * 80
    for name in ("0.5", "5e-1", "-3", "2", f"{long}b", f"{long}a", "", "Zeta"):
        make(name or "empty", **{family: {"k": name}})
    make("none")
    texts = ["empty", "Zeta", f"{long}a", f"{long}b"]
    assert found(order=f"{family}.k") == ["-3", "0.5", "5e-1", "2", *texts, "none"]
    assert found(order=f"{family}.k DESC") == ["2", "5e-1", "0.5", "-3", *reversed(texts), "none"]


def test_pages_stay_with_the_plan_they_began_with(workspace, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        make(str(number), params={"p": str(number)})
    for few in ([1_000, 0], [0, 1_000]):  # the runs became many, or few, between two pages
        seen, token = [], ""
        for count in few:
            monkeypatch.setattr(finding, "FEW", count)
            page = search.find(workspace, search.Query(order="params.p", limit=3, token=token))
            seen, token = [*seen, *page.ids], page.next_token
        assert len(set(seen)) == 6 and token == ""


def test_a_number_follows_its_value(found: FindNames, make: Make, ada: User) -> None:
    run = make("a", params={"p": "1"}, tags={"t": "1"})
    records.log_params(actor=ada, run=run, params={"p": "20"})
    records.set_tags(actor=ada, run=run, tags={"t": "30"})
    reported.add_params(run=run, params={"q": "40"})
    assert found("params.p = 20 AND tags.t > 29 AND params.q >= 40") == ["a"]
    reported.describe(run=run, changes={}, tags={"t": "words"})
    assert found("tags.t > 29") == found("params.p < 20") == []

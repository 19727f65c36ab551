"""Metrics over REST, as a script, a reader and a stranger meet them."""

import gzip
import json
import math

import pytest

from compute.jobs import tokens
from compute.jobs.models import Job
from runs.tracking.models import Param, Run, Tag
from tests.factories import make_run
from tests.people import People

BASE = "/api/v1/workspaces/vision/"


@pytest.fixture
def script(api, people: People):
    return api(people.ben, base=BASE)


def batch(seq: int = 0, **more) -> dict:
    columns = {"keys": ["loss"], "key": [0, 0], "step": [0, 1], "time_ms": [5, 6], "value": [1.0, 0.5]}
    return {"writer": "w", "seq": seq, "columns": columns, **more}


def test_a_batch_is_taken_once_and_shows_in_the_summaries(script, run: Run) -> None:
    assert script.post(f"runs/{run.pk}/ingest", batch()).json() == {"accepted": 2, "duplicate": False}
    assert script.post(f"runs/{run.pk}/ingest", batch()).json() == {"accepted": 0, "duplicate": True}
    (row,) = script.get(f"runs/{run.pk}/metrics").json()
    assert row == {
        "key": "loss", "count": 2, "first": 1.0, "last": 0.5, "min": 0.5, "max": 1.0, "best": 0.5, "mean": 0.75,
        "first_step": 0, "last_step": 1, "last_time_ms": 6, "nan_count": 0, "inf_count": 0, "rewinds": 0, "goal": "min",
    }  # fmt: skip


def test_a_gzip_body_with_parameters_tags_and_goals_is_one_batch(script, run: Run) -> None:
    body = batch(params={"lr": 0.1}, tags={"stage": "demo"}, goals={"loss": "min"})
    packed = gzip.compress(json.dumps(body).encode())
    answer = script.post(f"runs/{run.pk}/ingest", packed, headers={"Content-Encoding": "gzip"})
    assert answer.json()["accepted"] == 2
    assert Param.objects.get(run=run).value == "0.1" and Tag.objects.get(run=run).value == "demo"
    assert script.get(f"runs/{run.pk}/metrics").json()[0]["best"] == 0.5


def test_a_bad_parameter_leaves_the_metrics_of_its_batch_out_too(script, run: Run) -> None:
    answer = script.post(f"runs/{run.pk}/ingest", batch(params={"": 1}))
    assert answer.status_code == 400
    assert script.get(f"runs/{run.pk}/metrics").json() == []
    assert script.post(f"runs/{run.pk}/ingest", batch()).json()["accepted"] == 2


def test_points_listed_one_by_one_are_taken_too(script, run: Run) -> None:
    points = [{"key": "loss", "step": 1, "time_ms": 3, "value": "NaN"}, {"key": "loss", "value": 1}]
    assert script.post(f"runs/{run.pk}/ingest", {"writer": "w", "seq": 0, "metrics": points}).json()["accepted"] == 2


def test_numbers_that_are_not_finite_travel_as_words_both_ways(script, run: Run) -> None:
    values = '["NaN", "Infinity", "-Infinity", NaN, 1e400, 2.5]'
    columns = (
        f'{{"keys": ["x"], "key": [0,0,0,0,0,0], "step": [0,1,2,3,4,5], "time_ms": [0,0,0,0,0,0], "value": {values}}}'
    )
    answer = script.post(f"runs/{run.pk}/ingest", f'{{"writer": "w", "seq": 0, "columns": {columns}}}')
    assert answer.json()["accepted"] == 6
    page = script.get(f"runs/{run.pk}/metrics/points", {"key": "x"})
    assert page.json()["points"]["value"] == ["NaN", "Infinity", "-Infinity", "NaN", "Infinity", 2.5]
    assert b":NaN" not in page.content and b",NaN" not in page.content
    row = script.get(f"runs/{run.pk}/metrics").json()[0]
    assert (row["first"], row["last"], row["nan_count"], row["inf_count"]) == ("NaN", 2.5, 2, 3)
    series = script.get(f"runs/{run.pk}/metrics/buckets", {"key": "x"}).json()["series"][0]
    assert series["last"] == ["NaN", "Infinity", "-Infinity", "NaN", "Infinity", 2.5]
    assert series["min"] == [None, None, None, None, None, 2.5]
    assert (series["nan"], series["above"], series["below"]) == (
        [1, 0, 0, 1, 0, 0],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 0, 0, 0],
    )


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"columns": {"keys": ["loss"], "key": [0], "step": [2**63], "time_ms": [0], "value": [1]}}, str(2**63)),
        ({"columns": {"keys": ["loss"], "key": [0], "step": [0], "time_ms": [0], "value": ["abc"]}}, "'abc'"),
        ({"columns": {"keys": ["a\u0000b"], "key": [0], "step": [0], "time_ms": [0], "value": [1]}}, "NUL"),
        ({"writer": ""}, "writer"),
        ({"seq": "0"}, "seq"),
        ({"surprise": 1}, "surprise"),
        ({"metrics": []}, "not both"),
        ({"params": [1]}, "params"),
        ({"goals": {"loss": "up"}}, "goal"),
    ],
)
def test_a_bad_batch_gets_a_sentence_and_changes_nothing(script, run: Run, change, part) -> None:
    answer = script.post(f"runs/{run.pk}/ingest", {**batch(), **change})
    assert answer.status_code == 400 and answer.headers["Content-Type"] == "application/problem+json"
    assert part in answer.json()["detail"]
    assert script.get(f"runs/{run.pk}/metrics").json() == []


@pytest.mark.parametrize("body", ["[]", '"x"', "", "{", "null"])
def test_a_body_that_is_no_batch_is_refused(script, run: Run, body: str) -> None:
    assert script.post(f"runs/{run.pk}/ingest", body).status_code == 400


def test_ten_megabytes_of_json_are_refused_packed_or_not(script, run: Run) -> None:
    body = b'{"writer": "w", "seq": 0, "metrics": [' + b" " * (10 * 1024 * 1024) + b"]}"
    assert script.post(f"runs/{run.pk}/ingest", body).status_code == 413
    packed = gzip.compress(body)
    assert script.post(f"runs/{run.pk}/ingest", packed, headers={"Content-Encoding": "gzip"}).status_code == 413


def test_a_finished_run_refuses_new_metrics(script, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state="completed")
    answer = script.post(f"runs/{run.pk}/ingest", batch())
    assert (answer.status_code, answer.json()["code"]) == (409, "run_finished")


def test_a_reader_may_look_and_not_write_and_a_stranger_sees_nothing(api, people: People, run: Run) -> None:
    reader, stranger, visitor = api(people.rita, base=BASE), api(people.stan, base=BASE), api(None, base=BASE)
    assert reader.get(f"runs/{run.pk}/metrics").status_code == 200
    assert reader.post(f"runs/{run.pk}/ingest", batch()).status_code == 403
    assert stranger.post(f"runs/{run.pk}/ingest", batch()).status_code == 404
    assert stranger.get(f"runs/{run.pk}/metrics").status_code == 404
    assert stranger.get("metrics/buckets", {"run": run.pk, "key": "loss"}).status_code == 404
    assert visitor.post(f"runs/{run.pk}/ingest", batch()).status_code == 401


def test_points_come_in_pages_that_miss_and_repeat_none(script, run: Run) -> None:
    count = 2_500
    columns = {
        "keys": ["loss"], "key": [0] * count, "step": [number // 3 for number in range(count)],
        "time_ms": list(range(count)), "value": [float(number) for number in range(count)],
    }  # fmt: skip
    script.post(f"runs/{run.pk}/ingest", {"writer": "w", "seq": 0, "columns": columns})
    found, url = [], f"{BASE}runs/{run.pk}/metrics/points?key=loss&limit=400"
    script.base = ""
    while url:
        page = script.get(url).json()
        found += page["points"]["value"]
        url = page["next"] and page["next"].removeprefix("http://testserver")
    assert found == [float(number) for number in range(count)]


def test_points_are_cut_to_a_range_of_steps(script, run: Run) -> None:
    script.post(f"runs/{run.pk}/ingest", batch())
    query = {"key": "loss", "min_step": 1, "max_step": 1}
    assert script.get(f"runs/{run.pk}/metrics/points", query).json()["points"] == {
        "step": [1], "time_ms": [6], "value": [0.5],
    }  # fmt: skip
    unknown = script.get(f"runs/{run.pk}/metrics/points", {"key": "none"}).json()
    assert unknown == {"key": "none", "points": {"step": [], "time_ms": [], "value": []}, "next": None}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"key": "loss", "cursor": "x"},
        {"key": "loss", "limit": "0"},
        {"key": "loss", "min_step": "1e3"},
        {"key": "\n"},
    ],
)
def test_a_bad_question_for_points_gets_a_sentence(script, run: Run, query) -> None:
    assert script.get(f"runs/{run.pk}/metrics/points", query).status_code == 400


def test_curves_of_several_runs_come_in_one_answer(script, people: People, run: Run) -> None:
    other, hidden = make_run(people.workspace, state="running"), make_run(people.elsewhere, state="running")
    for one in (run, other):
        script.post(f"runs/{one.pk}/ingest", batch())
    answer = script.get(
        "metrics/buckets", {"run": [run.pk, other.pk, hidden.pk], "key": ["loss", "none"], "buckets": 10}
    )
    series = answer.json()["series"]
    assert [(one["run"], one["key"]) for one in series] == [(pk, "loss") for pk in sorted([run.pk, other.pk])] or len(
        series
    ) == 2
    assert series[0]["count"] == [1, 1] and answer.json()["sampled"] is False


@pytest.mark.parametrize(
    "query", [{}, {"key": "loss", "x": "wall"}, {"key": "loss", "buckets": "0"}, {"key": "loss", "min": "a"}]
)
def test_a_bad_question_for_buckets_gets_a_sentence(script, run: Run, query) -> None:
    assert script.get(f"runs/{run.pk}/metrics/buckets", query).status_code == 400


def test_the_names_of_an_experiments_metrics_are_listed(script, people: People, run: Run) -> None:
    other = make_run(people.workspace, state="running")
    script.post(f"runs/{run.pk}/ingest", batch())
    script.post(f"runs/{other.pk}/ingest", {"writer": "w", "seq": 0, "metrics": [{"key": "acc", "value": 1}]})
    assert script.get("metrics/keys").json() == {"results": ["acc", "loss"]}
    assert script.get("metrics/keys", {"experiment": run.experiment.path}).json() == {"results": ["loss"]}
    assert script.get("metrics/keys", {"experiment": "no/such"}).status_code == 404


def test_a_batch_over_http_costs_few_queries(script, run: Run, django_assert_max_num_queries) -> None:
    script.post(f"runs/{run.pk}/ingest", batch())
    with django_assert_max_num_queries(10):
        assert math.isclose(script.post(f"runs/{run.pk}/ingest", batch(seq=1)).json()["accepted"], 2)


def test_a_jobs_own_token_writes_its_run_and_no_other(api, people: People, run: Run) -> None:
    Job.objects.filter(pk=run.job_id).update(attempt=1, created_by=people.ben)
    other = make_run(people.workspace, state="running", with_job=True)
    script = api(None, tokens.issue(Job.objects.get(pk=run.job_id)), base=BASE)
    assert script.post(f"runs/{run.pk}/ingest", batch()).json()["accepted"] == 2
    assert script.post(f"runs/{other.pk}/ingest", batch()).status_code == 403
    assert script.get(f"runs/{other.pk}/metrics").status_code == 200

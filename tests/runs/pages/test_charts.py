"""The numbers behind the charts."""

import csv
import io
import math

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(browser, rita):
    client = browser(rita)
    return lambda path: client.get(f"/w/vision/compare/{path}")


def test_metrics_come_with_one_summary_for_each_run(get, run, other, log_metrics):
    log_metrics(run, {"loss": [(1, 0.5), (2, 0.25)]}, goals={"loss": "min"})
    log_metrics(other, {"loss": [(1, math.inf)], "accuracy": [(1, 0.9)]})
    found = get(f"metrics/?ids={run.pk},{other.pk}").json()
    assert [one["id"] for one in found["runs"]] == [run.pk, other.pk]
    assert [metric["key"] for metric in found["metrics"]] == ["accuracy", "loss"]
    loss = found["metrics"][1]["runs"]
    assert loss[run.pk]["last"] == 0.25
    assert loss[run.pk]["goal"] == "min"
    assert loss[other.pk]["last"] == "Infinity"


def test_runs_of_one_page_never_share_a_colour(get, ben, workspace, run):
    from runs.tracking.services import attached

    more = [attached.start_run(actor=ben, workspace=workspace, name="same name") for _ in range(15)]
    found = get("metrics/?ids=" + ",".join(one.pk for one in [run, *more])).json()
    colours = [(one["slot"], one["dash"]) for one in found["runs"]]
    assert len(set(colours)) == 16
    assert all(1 <= slot <= 12 for slot, _ in colours)


def test_system_metrics_have_a_scope_of_their_own(get, run, log_metrics):
    log_metrics(run, {"loss": [(1, 1.0)], "system/cpu_percent": [(1, 40.0)]})
    keys = {
        scope: [one["key"] for one in get(f"metrics/?ids={run.pk}&scope={scope}").json()["metrics"]]
        for scope in ("", "system")
    }
    assert keys == {"": ["loss"], "system": ["system/cpu_percent"]}


def test_points_come_as_buckets_with_what_is_not_finite_named(get, run, log_metrics):
    values = [(step, math.nan if step == 7 else float(step)) for step in range(1000)]
    log_metrics(run, {"loss": [*values, (1000, math.inf)]})
    [series] = get(f"points/?ids={run.pk}&key=loss&buckets=100").json()["series"]
    assert len(series["step"]) <= 100
    assert sum(series["count"]) == 1001
    assert sum(series["nan"]) == 1
    assert sum(series["above"]) == 1
    assert series["last"][-1] == "Infinity"


def test_a_narrow_range_is_exact(get, run, log_metrics):
    log_metrics(run, {"loss": [(step, float(step)) for step in range(1000)]})
    [series] = get(f"points/?ids={run.pk}&key=loss&buckets=100&min=500&max=520").json()["series"]
    assert series["step"] == list(range(500, 521))
    assert set(series["count"]) == {1}


@pytest.mark.parametrize("query", ["", "key=loss&x=sideways", "key=loss&min=abc", "key=loss&buckets=1e400"])
def test_a_question_that_makes_no_sense_is_refused(get, run, query):
    assert get(f"points/?ids={run.pk}&{query}").status_code == 400


def test_the_csv_has_every_point_exactly(get, run, other, log_metrics):
    log_metrics(run, {"loss": [(step, step / 3) for step in range(25_000)]})
    log_metrics(other, {"loss": [(1, math.nan)]})
    response = get(f"metrics.csv?ids={run.pk},{other.pk}&key=loss")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert len(rows) == 25_001
    assert float(rows[24_999]["value"]) == 24_999 / 3
    assert rows[-1]["value"] == "NaN"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)"])
def test_A50_no_cell_of_the_csv_is_a_formula(get, run, log_metrics, name):
    type(run).objects.filter(pk=run.pk).update(name=name)
    log_metrics(run, {"loss": [(1, -0.5)]})
    response = get(f"metrics.csv?ids={run.pk}&key=loss")
    [row] = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert row["run"] == f"'{name}"
    assert row["value"] == "-0.5"


def test_unknown_runs_and_metrics_give_nothing(get, run):
    assert get("metrics/?ids=nosuchrun").json() == {"runs": [], "metrics": []}
    assert get(f"points/?ids={run.pk}&key=nothing").json() == {"series": []}

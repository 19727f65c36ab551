"""A page of the runs table holds 200 runs with 20 metrics each and asks the database at most six times."""

import pytest

from runs.tracking.metrics import keys
from runs.tracking.metrics.models import MetricSummary
from runs.tracking.models import Run
from runs.tracking.queries import found
from runs.tracking.queries import runs as run_queries
from tests.factories import make_experiment
from tests.people import People


@pytest.fixture
def full_table(people: People) -> None:
    experiment = make_experiment(people.workspace, "vision/many")
    runs = Run.objects.bulk_create(
        Run(workspace=people.workspace, experiment=experiment, name=f"run-{number}", state="completed")
        for number in range(200)
    )
    ids = keys.key_ids(people.workspace.pk, [f"metric-{number}" for number in range(20)])
    MetricSummary.objects.bulk_create(
        MetricSummary(run=run, key_id=key_id, count=9, last=0.5, min=0.25, max=1.0, total=4.5, finite_count=9)
        for run in runs
        for key_id in ids.values()
    )


def test_the_metrics_of_two_hundred_runs_take_no_query_each(
    people: People, full_table, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(6):
        page = run_queries.run_rows(people.workspace, run_queries.RunFilters(limit=200))
        shown = [
            (row.metrics[name].last, row.metrics[name].min, row.metrics[name].max)
            for row in page.rows
            for name in row.metrics
        ]
    assert len(page.rows) == 200 and shown == [(0.5, 0.25, 1.0)] * 4_000


def test_the_table_sorted_by_a_metric_asks_once_more(people: People, full_table, django_assert_max_num_queries) -> None:
    """How many runs there are decides whether the metric's index is walked or the runs are sorted."""
    with django_assert_max_num_queries(7):
        filters = run_queries.RunFilters(limit=200, sort="-metric:metric-3")
        assert len(found.rows(people.workspace, filters).rows) == 200


def test_over_rest_the_page_takes_six_queries_with_who_asks_and_what_they_may_see(
    api, people: People, full_table, django_assert_max_num_queries
) -> None:
    reader = api(people.rita, base="/api/v1/workspaces/vision/")
    reader.get("runs", {"limit": 1})  # the first use of a token is noted
    with django_assert_max_num_queries(6):
        answer = reader.get("runs", {"limit": 200})
    assert len(answer.json()["results"]) == 200

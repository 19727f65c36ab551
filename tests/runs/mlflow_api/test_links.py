"""The links MLflow's client prints lead to the studio's pages."""

import pytest
from django.test import Client

from tests.factories import make_experiment, make_run
from tests.people import People


@pytest.fixture
def browser(people: People) -> Client:
    client = Client()
    client.force_login(people.rita)
    return client


def test_the_tracking_uri_opens_as_a_page(browser: Client) -> None:
    page = browser.get("/mlflow/vision/")
    assert page.status_code == 200
    assert 'data-target="/w/vision/mlflow-link/"' in page.content.decode()


def test_runs_and_experiments_are_found_by_what_mlflow_calls_them(browser: Client, people: People) -> None:
    experiment = make_experiment(people.workspace, "iris: baseline #1")
    run = make_run(people.workspace, experiment=experiment)
    default = make_experiment(people.workspace, "Default")
    for query, address in (
        (f"run={run.pk}", run.get_absolute_url()),
        (f"experiment={experiment.pk}", experiment.get_absolute_url()),
        ("experiment=0", default.get_absolute_url()),
        ("", "/w/vision/"),
    ):
        assert browser.get(f"/w/vision/mlflow-link/?{query}")["Location"] == address


@pytest.mark.parametrize("query", ["run=222222222222", "run=%00", "experiment=x", "experiment=99999999999999999999", "model=no", "trace=no", "logged_model=m-1"])  # fmt: skip
def test_what_is_not_there_is_not_found(browser: Client, query: str) -> None:
    assert browser.get(f"/w/vision/mlflow-link/?{query}").status_code == 404


def test_a_run_of_another_workspace_is_not_found(browser: Client, people: People) -> None:
    run = make_run(people.elsewhere)
    assert browser.get(f"/w/vision/mlflow-link/?run={run.pk}").status_code == 404

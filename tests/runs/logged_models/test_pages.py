"""The page of a logged model, the card on the run's page, and REST."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from runs.logged_models import pages, services
from runs.logged_models.models import LoggedModel, RunModel
from runs.logged_models.services import MetricRow
from runs.tracking.models import Run
from runs.tracking.services import data_inputs
from studio.accounts.models import User
from tests.factories import make_run
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"


@pytest.fixture
def run(people: People) -> Run:
    return make_run(people.workspace, state="completed")


@pytest.fixture
def model(people: People, run: Run) -> LoggedModel:
    made = services.create_model(
        actor=people.ben, experiment=run.experiment, name="clf", source_run=run, params={"rate": "0.1"}
    )
    services.put_file(actor=people.ben, model=made, path="data/MLmodel", stream=io.BytesIO(b"flavors: {}"))
    row = MetricRow(made.pk, "accuracy", 0.93, 1, 0, "iris", "d1")
    services.log_metrics(actor=None, run=run, rows=[row])
    services.log_uses(actor=people.ben, run=run, direction=RunModel.Direction.OUTPUT, models=[(made.pk, 3)])
    use = data_inputs.DatasetUse("iris", "d1", tags={"mlflow.data.context": "training"})
    data_inputs.log_datasets(actor=people.ben, run=run, datasets=[use])
    return made


def test_the_page_shows_what_is_known_of_a_model(
    browser: Callable[[User], Client], rita: User, run: Run, model: LoggedModel
) -> None:
    answer = browser(rita).get(model.get_absolute_url())
    text = answer.content.decode()
    for wanted in ("clf", "accuracy", "0.93", "iris", "rate", "data/MLmodel", model.pk, run.get_absolute_url()):
        assert wanted in text
    file = browser(rita).get(f"{model.get_absolute_url()}file/", {"path": "data/MLmodel"})
    assert b"".join(file.streaming_content) == b"flavors: {}"  # type: ignore[attr-defined]
    assert browser(rita).get(f"{model.get_absolute_url()}file/", {"path": "../x"}).status_code == 400


def test_an_empty_pending_and_a_deleted_model_say_so(browser: Callable[[User], Client], ben: User, run: Run) -> None:
    model = services.create_model(actor=ben, experiment=run.experiment)
    assert "still being written" in browser(ben).get(model.get_absolute_url()).content.decode()
    services.delete_model(actor=ben, model=model)
    assert "was deleted" in browser(ben).get(model.get_absolute_url()).content.decode()


def test_the_runs_page_shows_what_it_read_and_made(
    browser: Callable[[User], Client], rita: User, run: Run, model: LoggedModel
) -> None:
    text = browser(rita).get(f"{run.get_absolute_url()}overview/").content.decode()
    for wanted in ("Inputs and outputs", "iris", "training", model.get_absolute_url(), "made at step 3"):
        assert wanted in text


def test_the_artifacts_tab_lists_the_models_of_a_run(
    browser: Callable[[User], Client], rita: User, run: Run, model: LoggedModel
) -> None:
    for part in ("", "?part=tree"):
        text = browser(rita).get(f"{run.get_absolute_url()}artifacts/{part}").content.decode()
        assert text.count(model.get_absolute_url()) == 1
        assert "Logged models" in text
    (made,) = pages.models_made(run)
    assert (made.count, made.size) == (1, 11)


def test_the_artifacts_tab_says_nothing_of_models_where_there_are_none(
    browser: Callable[[User], Client], rita: User, run: Run
) -> None:
    assert "Logged models" not in browser(rita).get(f"{run.get_absolute_url()}artifacts/").content.decode()


def test_a_run_of_many_models_costs_three_queries(run: Run, ben: User, django_assert_num_queries: Any) -> None:
    for number in range(5):
        services.create_model(actor=ben, experiment=run.experiment, name=f"model-{number}", source_run=run)
    with django_assert_num_queries(3):
        assert len(pages.models_made(run)) == 5


def test_rest_lists_models_their_files_and_a_runs_datasets(
    api: Callable[..., ApiClient], rita: User, run: Run, model: LoggedModel
) -> None:
    client = api(rita, base=BASE)
    listed = client.get("logged-models", {"run": run.pk, "experiment": run.experiment_id}).json()
    assert [each["id"] for each in listed["results"]] == [model.pk]
    detail = client.get(f"logged-models/{model.pk}").json()
    assert (detail["params"], detail["metrics"][0]["value"]) == ({"rate": "0.1"}, 0.93)
    assert [each["path"] for each in client.get(f"logged-models/{model.pk}/files").json()["results"]] == ["data"]
    file = client.get(f"logged-models/{model.pk}/files/data/MLmodel")
    assert b"".join(file.streaming_content) == b"flavors: {}"  # type: ignore[attr-defined]
    assert client.get(f"runs/{run.pk}/datasets").json()["results"][0]["context"] == "training"
    assert client.get("logged-models", {"run": "nonsense"}).status_code == 400


def test_rest_finds_models_by_the_search_language_and_pages_on(
    api: Callable[..., ApiClient], rita: User, ben: User, run: Run, model: LoggedModel
) -> None:
    other = services.create_model(actor=ben, experiment=run.experiment, name="another", source_run=run)
    client = api(rita, base=BASE)

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in client.get("logged-models", query).json()["results"]]

    assert found(filter="metrics.accuracy > 0.9 AND params.rate = '0.1'", experiment=run.experiment.path) == [model.pk]
    assert found(filter="NOT params.rate = '0.1'", run=run.pk) == [other.pk]
    assert found(order="name") == [other.pk, model.pk]
    assert found(order="metrics.accuracy DESC") == [model.pk, other.pk]
    first = client.get("logged-models", {"order": "name", "limit": 1}).json()
    cursor = parse_qs(urlsplit(first["next"]).query)["cursor"][0]
    assert found(order="name", limit=1, cursor=cursor) == [model.pk]
    mistake = client.get("logged-models", {"filter": "metrics.accuracy >> 1"})
    assert (mistake.status_code, mistake.json()["code"], mistake.json()["position"]) == (400, "bad_search", 17)
    assert client.get("logged-models", {"experiment": "no/such"}).status_code == 404

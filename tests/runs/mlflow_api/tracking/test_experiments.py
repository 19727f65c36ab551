"""Experiments over MLflow's endpoints, and their pages under names of any characters."""

import pytest

from runs.tracking.models import Experiment
from tests.people import People

pytestmark = pytest.mark.django_db

NAMES = ["My study", "#1 50% a:b", "/Users/ben@example.org/study", "ünï/cödé", "a//b/", "  blanks  ", "100%25?x=y"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_as_given_and_its_page_opens(mlflow, browser, people: People, name: str) -> None:
    made = mlflow("experiments/create", name=name)["experiment_id"]
    assert mlflow("experiments/get-by-name", experiment_name=name)["experiment"]["experiment_id"] == made
    page = browser(people.ben).get(Experiment.objects.get(pk=made).get_absolute_url())
    assert page.status_code == 200
    assert browser(people.ben).get("/w/vision/experiments/").status_code == 200


def test_the_experiment_0_is_default_and_made_when_first_asked_for(mlflow, raw) -> None:
    assert not Experiment.objects.exists()
    found = mlflow("experiments/get", experiment_id="0")["experiment"]
    assert (found["name"], found["experiment_id"]) == ("Default", "0")
    assert mlflow("experiments/get-by-name", experiment_name="Default")["experiment"] == found
    assert [one["name"] for one in mlflow("experiments/search")["experiments"]] == ["Default"]
    assert Experiment.objects.count() == 1
    assert raw("experiments/update", experiment_id="0", new_name="Other").status_code == 400


def test_an_experiment_is_made_once_renamed_thrown_away_and_restored(mlflow, raw) -> None:
    made = mlflow("experiments/create", name="a", artifact_location="s3://bucket/x/")["experiment_id"]
    refused = raw("experiments/create", name="a")
    assert (refused.status_code, refused.json()["error_code"]) == (400, "RESOURCE_ALREADY_EXISTS")
    mlflow("experiments/update", experiment_id=made, new_name="b")
    found = mlflow("experiments/get", experiment_id=made)["experiment"]
    assert (found["name"], found["artifact_location"]) == ("b", "s3://bucket/x")
    mlflow("experiments/delete", experiment_id=made)
    assert mlflow("experiments/get", experiment_id=made)["experiment"]["lifecycle_stage"] == "deleted"
    assert raw("runs/create", experiment_id=made).json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert raw("experiments/update", experiment_id=made, new_name="c").json()["error_code"] == "INVALID_STATE"
    assert raw("experiments/create", name="b").json()["error_code"] == "RESOURCE_ALREADY_EXISTS"
    mlflow("experiments/restore", experiment_id=made)
    assert mlflow("experiments/get", experiment_id=made)["experiment"]["lifecycle_stage"] == "active"
    assert raw("experiments/get", experiment_id="999").json() == {
        "error_code": "RESOURCE_DOES_NOT_EXIST",
        "message": "No Experiment with id=999 exists",
    }


def test_tags_are_set_and_the_note_is_the_description(mlflow, raw) -> None:
    made = mlflow("experiments/create", name="a", tags=[{"key": "team", "value": "blue"}])["experiment_id"]
    mlflow("experiments/set-experiment-tag", experiment_id=made, key="mlflow.note.content", value="About it")
    mlflow("experiments/set-experiment-tag", experiment_id=made, key="team", value="red")
    assert Experiment.objects.get(pk=made).description == "About it"
    found = mlflow("experiments/get", experiment_id=made)["experiment"]["tags"]
    assert found == [{"key": "mlflow.note.content", "value": "About it"}, {"key": "team", "value": "red"}]
    mlflow("experiments/delete-experiment-tag", experiment_id=made, key="team")
    assert raw("experiments/delete-experiment-tag", experiment_id=made, key="team").status_code == 404


def test_a_note_is_as_long_as_any_tag_of_an_experiment(mlflow, raw) -> None:
    made = mlflow("experiments/create", name="e")["experiment_id"]
    mlflow("experiments/set-experiment-tag", experiment_id=made, key="mlflow.note.content", value="x" * 20_000)
    assert len(Experiment.objects.get(pk=made).description) == 20_000
    longer = {"experiment_id": made, "key": "mlflow.note.content", "value": "x" * 20_001}
    assert raw("experiments/set-experiment-tag", **longer).status_code == 400


def test_search_filters_orders_and_pages(mlflow, raw) -> None:
    for name, tags in (("a", {"key": "value"}), ("ab", {"key": "vaLue"}), ("Abc", {})):
        mlflow("experiments/create", name=name, tags=[{"key": k, "value": v} for k, v in tags.items()])

    def names(**body) -> list[str]:
        return [one["name"] for one in mlflow("experiments/search", **body)["experiments"]]

    assert names(filter="name LIKE 'a%'") == ["ab", "a"]
    assert names(filter="attribute.name != 'a'") == ["Default", "Abc", "ab"]
    assert names(filter="tags.key = 'value'") == ["a"]
    assert names(filter="tag.key != 'value'") == ["ab"]
    assert names(filter="tag.key ILIKE '%alu%' AND name = 'ab'") == ["ab"]
    assert names(order_by=["name DESC"]) == ["ab", "a", "Default", "Abc"]
    first = mlflow("experiments/search", max_results=3)
    rest = mlflow("experiments/search", max_results=3, page_token=first["next_page_token"])
    assert len(first["experiments"]) == 3
    assert "next_page_token" not in rest
    for wrong in ({"max_results": 0}, {"max_results": 60_000}, {"filter": "colour = 'x'"}, {"page_token": "?"},
                  {"view_type": "SOME"}):  # fmt: skip
        assert raw("experiments/search", **wrong).status_code == 400, wrong


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": 123}, "Invalid value 123 for parameter 'name'"),
        ({}, "Missing value for required parameter 'name'"),
        ({"name": "e", "artifact_location": 9.0}, "Invalid value 9.0 for parameter 'artifact_location'"),
        ({"name": "e", "tags": "5"}, "Invalid value \"5\" for parameter 'tags'"),
        ({"name": "n" * 501}, "exceeds the maximum length of 500"),
        ({"name": "line\nbreak"}, "control characters"),
    ],
)
def test_a_bad_experiment_is_refused_in_mlflow_s_words(raw, body: dict, message: str) -> None:
    response = raw("experiments/create", **body)
    assert response.status_code == 400
    assert message in response.json()["message"]

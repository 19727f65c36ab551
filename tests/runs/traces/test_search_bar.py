from typing import Any

import pytest

from runs.traces.services import records
from tests.factories import make_experiment
from tests.factories.traces import make_trace
from tests.people import ApiClient, People, make_people

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/workspaces/vision/search/traces"


@pytest.fixture
def people(db: None) -> People:
    people = make_people()
    trace = make_trace(make_experiment(people.workspace, "assistant"), name="answer")
    records.set_tag(actor=None, trace=trace, key="the team", value="support")
    return people


def offered(people: People, query: str) -> list[str]:
    answer: Any = ApiClient(people.rita).get(f"{PLACE}/fields{query}").json()
    return [one["text"] for one in answer["results"]]


def test_fields_and_tags_of_the_newest_traces_are_offered(people: People) -> None:
    assert offered(people, "?prefix=execution") == ["execution_time"]
    assert offered(people, "?family=tags&prefix=team") == ["tags.`the team`"]
    assert "span.name" in offered(people, "?family=span")


def test_values_are_offered(people: People) -> None:
    assert offered(people, "?family=attributes&key=status&prefix=err") == ["'ERROR'"]
    assert offered(people, "?family=tags&key=the%20team") == ["'support'"]
    assert offered(people, "?family=attributes&key=name") == ["'answer'"]
    for nothing in ("?family=attributes&key=execution_time", "?family=metrics&key=loss", "?family=metrics"):
        assert offered(people, nothing) == []


def test_a_stranger_is_offered_nothing(people: People) -> None:
    assert ApiClient(people.stan).get(f"{PLACE}/fields").status_code == 404


def test_a_mistake_comes_with_its_place(people: People) -> None:
    wrong = ApiClient(people.rita).post(f"{PLACE}/parse", {"text": "nme = 'x'"}).json()
    assert (wrong["chips"], wrong["error"]["position"], wrong["error"]["length"]) == ([], 0, 3)
